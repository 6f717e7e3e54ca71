"""OpenAI's projects: one model denied to a project, and its policy of models put back exactly as it was.

Of a policy that others changed meanwhile only the model itself is put back: what another workload's breaker denies in
the same project stays denied. So the read-back of a resume looks at the model alone, and not at the rest of the policy.

For a workload that shares its project and has a model to itself. Never is an empty list sent: some take one for all.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from typing import Any

from console.kinds import SwitchKind, SwitchTools
from console.settings import SourceSettings
from console.switches.shared.openai_admin import GOES_ON, PROPAGATION_S, OpenAiAdmin, check_model, split
from console.switches.switch import (
    ActionClass,
    CallResult,
    Outcome,
    Switch,
    SwitchError,
    SwitchUnreachable,
    Verb,
)

DENIED, NO_POLICY, ARCHIVED = "denied", "every model permitted", "archived"
MODES = {"allow_list": "only: ", "deny_list": "all but: "}
_WHAT = "model_permissions"
_READ_BACK = "the project's model permissions say which models it may use"

VERBS = {
    "disable": Verb("disable", DENIED, ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                    as_good_as=(ARCHIVED,), read_back=_READ_BACK, goes_on=GOES_ON),
    "enable": Verb("enable", NO_POLICY, ActionClass.DISABLE, reversible=True, propagation_s=PROPAGATION_S,
                   any_but=(DENIED, ARCHIVED), impossible_from=(ARCHIVED,), read_back=_READ_BACK, restores=True),
}


class ModelAccess:
    """The models that one organisation's projects may use. A target is PROJECT/MODEL; its state is the whole policy,
    or that the policy denies the model."""

    kind = "openai-model-access"

    def __init__(self, admin: OpenAiAdmin) -> None:
        self.verbs = dict(VERBS)
        self._admin = admin
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """A project's policy is read and replaced whole: two models of one must not be denied at the same time."""

    async def read(self, target: str) -> str:
        """The policy of the project, or that it denies the model. Raises SwitchError."""
        project, model = split(target)
        if await self._admin.status(project) == ARCHIVED:
            return ARCHIVED
        mode, models = await self._policy(project)
        return DENIED if _denies(mode, models, model) else _text(mode, models)

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Deny the model beside what is denied already, or put the policy back that the verb wants."""
        try:
            project, model = split(target)
            async with self._turns[project]:
                mode, models = await self._wanted(project, model, verb)
                if mode is None:
                    return await self._admin.write("DELETE", project, _WHAT, None, idempotency_key)
                return await self._admin.write("POST", project, _WHAT, {"mode": mode, "model_ids": models},
                                               idempotency_key)
        except SwitchError as error:
            return CallResult(Outcome.REFUSED, f"nothing was sent: {error}")

    def is_own(self, target: str) -> bool:
        return False

    def by_hand(self, target: str, verb: Verb) -> str:
        project, _, model = target.partition("/")
        if verb.name == "disable":
            return f"in the dashboard, under the limits of the project {project}, take {model} from the allowed models"
        return f"in the dashboard, under the limits of the project {project}, set the allowed models to: {verb.wanted}"

    async def close(self) -> None:
        await self._admin.close()

    async def _policy(self, project: str) -> tuple[str | None, list[str]]:
        document = await self._admin.read(project, _WHAT)
        if document is None:
            return None, []
        mode, models = document.get("mode"), document.get("model_ids")
        if mode not in MODES or not isinstance(models, list) or not all(isinstance(each, str) for each in models):
            raise SwitchUnreachable("OpenAI's answer is not a policy of models")
        if mode == "deny_list" and not models:  # it denies nothing, and an empty list is never sent
            return None, []
        return str(mode), models

    async def _wanted(self, project: str, model: str, verb: Verb) -> tuple[str | None, list[Any]]:
        """The policy to put in place. Raises SwitchError where none may be sent."""
        mode, models = await self._policy(project)
        if verb.wanted != DENIED:
            return _back(*_of_text(verb.wanted), mode, models, model)
        if mode == "allow_list":
            rest = [each for each in models if each != model]
            if not rest:
                raise SwitchError(f"{model} is the only model of {project}, and an empty list may mean every model; "
                                  "stop the project by openai-project-spend-limit")
            return mode, rest
        return "deny_list", [*(each for each in models if each != model), model]


def _denies(mode: str | None, models: list[str], model: str) -> bool:
    return mode is not None and (model in models) == (mode == "deny_list")


def _back(was: str | None, had: list[Any], mode: str | None, models: list[str], model: str
          ) -> tuple[str | None, list[Any]]:
    """The policy of now with the model as it was before the kill; in the order of before. Raises SwitchError."""
    if mode is None:
        return was, had
    if was not in (mode, None) or (was is None and mode == "allow_list"):
        raise SwitchError("the project's policy of models was replaced since the kill; set it in the dashboard")
    kept = {each for each in models if each != model} | ({model} if mode == "allow_list" else set())
    back = [*(each for each in had if each in kept), *(each for each in models if each in kept and each not in had)]
    return (mode, back) if back else (None, [])


def _text(mode: str | None, models: list[str]) -> str:
    return NO_POLICY if mode is None else MODES[mode] + json.dumps(models, separators=(", ", ": "))


def _of_text(text: str) -> tuple[str | None, list[Any]]:
    if text == NO_POLICY:
        return None, []
    for mode, begins in MODES.items():
        if text.startswith(begins):
            try:
                models = json.loads(text.removeprefix(begins))
            except ValueError:
                break
            if isinstance(models, list) and models:
                return mode, models
    raise SwitchError(f"{text[:80]!r} is no policy that may be put back; set it in the dashboard")


def _build(settings: SourceSettings, tools: SwitchTools) -> Switch:
    return ModelAccess(OpenAiAdmin.of(settings, tools))


KIND = SwitchKind("openai-model-access", "openai", VERBS, _build, check_target=check_model)
