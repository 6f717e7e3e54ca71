"""Asking a provider how many tokens prompts have: the present versions first, nothing twice, and within bounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.config import SourceSettings
from console.errors import ConsoleError
from console.http import BoundedClient
from console.operations import gate
from console.operations.desk import Desk
from console.prompts.checkout import Checkout
from console.prompts.version import TOOLS, Prompt
from console.providers.anthropic.counting import TokenCounter
from console.providers.shared.failures import StatusError
from console.text import clean
from console.watch import places
from console.wording import counted
from store import prompts as store

MOST_ASKED = 200
"""Contents that one scan asks about; the next scan goes on."""
BUDGET_S = 60.0
AT_ONCE = 4
KIND = "anthropic"
_ADMIN = "sk-ant-admin"
_PASSED_OVER = (400, 404, 413)
_NOTHING = ""
"""Kind and blob under which is kept what a request without a prompt comes to."""

Key = tuple[str, str, str]
"""Model, kind and blob."""


@dataclass(slots=True)
class Counting:
    """What is known of sizes, and what is to be said of how they were had."""

    known: dict[Key, int]
    notes: list[str] = field(default_factory=list)

    def of(self, prompt: Prompt) -> dict[str, int]:
        """Tokens by blob, for the model and kind of a prompt."""
        return {one.blob: self.known[key] for one in prompt.versions
                if (key := (prompt.model or "", prompt.kind, one.blob)) in self.known}


async def count(desk: Desk, checkout: Checkout, prompts: Sequence[Prompt]) -> Counting:
    """Every size that is known, after asking for those that are not. Whatever fails leaves estimates, and a note."""
    found = Counting(await gate.read(desk, store.counts))
    wanted = [key for key in dict.fromkeys(_wanted(prompts)) if key not in found.known]
    settings = _source(desk)
    unknown = sum(prompt.model is None for prompt in prompts)
    if unknown:
        found.notes.append(f"sizes of {counted(unknown, 'prompt')} are estimates: no model is known to count them for. "
                           "Name one in prompts.toml, or the workload's models in the MBOM")
    if not wanted:
        return found
    if settings is None:
        found.notes.append("sizes are estimates: no source of the kind anthropic is configured, whose count endpoint "
                           "could be asked")
        return found
    before = set(found.known)
    client = BoundedClient()
    try:
        counter = _counter(desk, settings, client)
        async with asyncio.timeout(BUDGET_S):
            await _ask(counter, checkout, wanted[:MOST_ASKED], found)
    except* TimeoutError:
        found.notes.append(f"the count endpoint was asked for {BUDGET_S:g} s; the next scan goes on")
    except* ConsoleError as errors:
        found.notes.append("sizes that were not counted yet are estimates: "
                           f"{str(next(_single(errors))).rstrip('.')}")
    finally:
        await client.close()
    if len(wanted) > MOST_ASKED:
        found.notes.append(f"{counted(len(wanted) - MOST_ASKED, 'older version')} stay estimates until the next scans")
    new = {key: tokens for key, tokens in found.known.items() if key not in before}
    if new:
        await asyncio.to_thread(_store, desk, new)
    return found


def _source(desk: Desk) -> SourceSettings | None:
    """One that has a secret for it, else the first of the kind."""
    known = [each for each in desk.config.sources if each.kind == KIND]
    return next((each for each in known if each.options.get("count_secret")), known[0] if known else None)


def _single(errors: BaseExceptionGroup[ConsoleError]) -> Iterator[BaseException]:
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _single(error)
        else:
            yield error


def _store(desk: Desk, new: Mapping[Key, int]) -> None:
    with desk.database.write() as tx:
        store.put_counts(tx, new, desk.clock.now())


def _wanted(prompts: Iterable[Prompt]) -> Iterator[Key]:
    """Present versions first, then ever older ones."""
    known = [(prompt, [one for one in prompt.versions if not one.unread]) for prompt in prompts if prompt.model]
    for age in range(max((len(versions) for _, versions in known), default=0)):
        for prompt, versions in known:
            if age < len(versions):
                yield prompt.model or "", prompt.kind, versions[age].blob


async def _ask(counter: TokenCounter, checkout: Checkout, wanted: Sequence[Key], found: Counting) -> None:
    """Ask for each; a model that the provider does not know, or a content that it does not take, is passed over."""
    gate, refused = asyncio.Semaphore(AT_ONCE), set[str]()

    async def one(key: Key) -> None:
        async with gate:
            content = await asyncio.to_thread(checkout.content, key[2])
            if content is None:
                return
            try:
                await _count(counter, key, content.decode("utf-8", "replace"), found)
            except StatusError as error:
                if error.status not in _PASSED_OVER:
                    raise
                found.notes.append(f"a content of {clean(key[0], 60)} stays an estimate: {str(error).rstrip('.')}")

    for model in {key[0] for key in wanted} - {key[0] for key in found.known if key[1] == _NOTHING}:
        try:
            found.known[model, _NOTHING, _NOTHING] = await counter.of_nothing(model)
        except StatusError as error:
            if error.status not in _PASSED_OVER:
                raise
            refused.add(model)
            found.notes.append(f"sizes for {clean(model, 60)} are estimates: {str(error).rstrip('.')}")
    async with asyncio.TaskGroup() as asking:
        for key in wanted:
            if key[0] not in refused:
                asking.create_task(one(key))


async def _count(counter: TokenCounter, key: Key, text: str, found: Counting) -> None:
    model, kind, _ = key
    if not text.strip():
        found.known[key] = 0
        return
    tools = _tools(text) if kind == TOOLS else None
    whole = await (counter.of_system(model, text) if tools is None else counter.of_tools(model, tools))
    found.known[key] = max(0, whole - found.known[model, _NOTHING, _NOTHING])


def _tools(text: str) -> list[Any] | None:
    """Tool descriptions as the API takes them; None where the file has another shape, and counts as the text it is."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    tools = told.get("tools") if isinstance(told, dict) else told
    return tools if isinstance(tools, list) and tools and all(
        isinstance(each, dict) and "name" in each and "input_schema" in each for each in tools) else None


def _counter(desk: Desk, settings: SourceSettings, client: BoundedClient) -> TokenCounter:
    reference = settings.options.get("count_secret") or settings.secret
    send = places.sending(desk.config, desk.database, desk.clock, settings, str(reference) if reference else None)

    def key() -> str:
        value = send()
        if value.startswith(_ADMIN):
            raise ConsoleError("an admin key cannot count; give the source a count_secret, the key of a workspace")
        return value

    return TokenCounter(settings.name, settings.base_url, key, client)
