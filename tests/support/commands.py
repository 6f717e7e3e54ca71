"""Every operation that needs a permission, with an input that asks for nothing but the permission."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from console.cadences.changes import Change
from console.operations import (
    announcing,
    audit_log,
    audit_retention,
    backing_up,
    breakers,
    breakglass,
    disarming,
    drilling,
    evaluations,
    exceptions,
    incidents,
    lab,
    months,
    outcomes,
    prompts,
    quarters,
    registry,
    restoring,
    reviewing,
    secret_keeping,
    sending,
    years,
)
from console.operations.actor import Actor
from console.operations.charter import drafts as charter_drafts
from console.operations.charter import review as charter_review
from console.operations.desk import Desk
from console.operations.incidents import Acknowledged
from console.operations.mbom import form as mbom_form
from console.operations.registry_charters import may_import as may_import_now
from console.operations.registry_mbom import may_edit as may_edit_now
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import NOON
from tests.support.mbom import CLAIMS

Call = Callable[[Desk, Actor], Coroutine[Any, Any, object]]
SLUG, WHY = "claims-triage", "a reason that is long enough for everybody"
SOON = NOON + timedelta(hours=1)
CHANGE = Change(SLUG, "launch", NOON, SOON, 2.0)
FILE = f"""[[change]]
workload = "{SLUG}"
from = 2026-11-23T12:00:00Z
until = 2026-11-23T13:00:00Z
kind = "launch"
multiple = 2
"""
DONE = Acknowledged(1, NOON, None, None, None, None)
NOWHERE = Path("/nowhere/at/all")


def own_role(actor: Actor) -> str:
    """In which of its roles an actor signs or refuses: the one it holds."""
    return actor.roles[0]


async def restore(desk: Desk, actor: Actor) -> object:
    return await asyncio.to_thread(restoring.restore_backup, desk.config, actor, NOWHERE, desk.clock.now())


async def glass(desk: Desk, actor: Actor) -> object:
    return breakglass.check(actor, "kill", SLUG, WHY, SLUG)


async def may_import(desk: Desk, actor: Actor) -> None:
    may_import_now(desk, actor)


async def may_edit(desk: Desk, actor: Actor) -> None:
    may_edit_now(desk, actor)


COMMANDS: dict[str, dict[str, Call]] = {
    "acknowledge": {
        "incidents.acknowledge": lambda desk, actor: incidents.acknowledge(desk, actor, alert=1, until=SOON),
        "incidents.unacknowledge": lambda desk, actor: incidents.unacknowledge(desk, actor, done=DONE),
    },
    "silence": {
        "incidents.silence": lambda desk, actor: incidents.silence(desk, actor, workload=SLUG, reason=WHY, until=SOON),
        "incidents.expire_silence": lambda desk, actor: incidents.expire_silence(desk, actor, number=1),
    },
    "kill": {
        "breakers.kill": lambda desk, actor: breakers.kill(desk, actor, SLUG, WHY),
        "breakers.approve of a kill": lambda desk, actor: breakers.approve(desk, actor, "kill-1", WHY),
        "breakglass.check": glass,
    },
    "resume": {
        "breakers.resume": lambda desk, actor: breakers.resume(desk, actor, SLUG, WHY),
        "breakglass.resume": lambda desk, actor: breakglass.resume(desk, actor, SLUG, WHY, SLUG),
    },
    "approve": {"breakers.approve": lambda desk, actor: breakers.approve(desk, actor, "resume-1", WHY)},
    "drill": {"drilling.drill": lambda desk, actor: drilling.drill(desk, actor, workload=SLUG)},
    "disarm": {
        "disarming.disarm": lambda desk, actor: disarming.disarm(desk, actor, SLUG, SOON, WHY),
        "disarming.approve": lambda desk, actor: disarming.approve(desk, actor, "disarm-1", WHY, "seen"),
        "disarming.arm": lambda desk, actor: disarming.arm(desk, actor, SLUG, WHY),
    },
    "announce": {
        "announcing.announce": lambda desk, actor: announcing.announce(desk, actor, CHANGE, WHY),
        "announcing.import_changes":
            lambda desk, actor: announcing.import_changes(desk, actor, text=FILE, name="changes.toml", reason=WHY),
        "announcing.withdraw": lambda desk, actor: announcing.withdraw(desk, actor, 1, WHY),
    },
    "review": {"reviewing.close_review": lambda desk, actor: reviewing.close_review(desk, actor, 1, WHY)},
    "edit_mbom": {
        "registry_mbom.import_mbom": lambda desk, actor: registry.import_mbom(desk, actor, text=CLAIMS, name="m.toml"),
        "registry_mbom.may_edit": may_edit,
        "mbom.form.set_entry_field": lambda desk, actor: mbom_form.set_entry_field(
            desk, actor, slug=SLUG, path="team", kind="text", value="Claims"),
        "mbom.form.save_entry": lambda desk, actor: mbom_form.save_entry(
            desk, actor, slug=SLUG, text=CLAIMS, base_hash=""),
        "registry_mbom.set_field":
            lambda desk, actor: registry.set_field(desk, actor, slug=SLUG, field="team", value="Claims"),
    },
    "import_charter": {
        "registry_charters.import_charter":
            lambda desk, actor: registry.import_charter(desk, actor, text=CLAIMS_TRIAGE, name="c.toml"),
        "charter.drafts.begin_charter": lambda desk, actor: charter_drafts.begin_charter(desk, actor, workload=SLUG),
        "charter.drafts.save_draft": lambda desk, actor: charter_drafts.save_draft(
            desk, actor, workload=SLUG, text=CLAIMS_TRIAGE, base_version=1, base_hash=""),
        "charter.drafts.set_charter_field": lambda desk, actor: charter_drafts.set_charter_field(
            desk, actor, workload=SLUG, base_version=1, base_hash="", path=("purpose", "outcome"), kind="text",
            value="claim settled"),
        "lab.keep": lambda desk, actor: lab.keep(desk, actor, workload=SLUG, topic="cache", inputs={}, origins={},
                                                 figures=False, base_version=1, base_hash=""),
        "registry_charters.may_import": may_import,
    },
    "sign_charter": {
        "registry_signing.sign": lambda desk, actor: registry.sign(desk, actor, workload=SLUG, role=own_role(actor)),
    },
    "submit_charter": {
        "charter.review.submit": lambda desk, actor: charter_review.submit(desk, actor, workload=SLUG),
    },
    "comment_charter": {
        "charter.review.comment": lambda desk, actor: charter_review.comment(desk, actor, workload=SLUG, text=WHY),
    },
    "refuse_charter": {
        "charter.review.refuse":
            lambda desk, actor: charter_review.refuse(desk, actor, workload=SLUG, role=own_role(actor), reason=WHY),
    },
    "retire_charter": {
        "charter.review.retire": lambda desk, actor: charter_review.retire(desk, actor, workload=SLUG, reason=WHY),
    },
    "decide_exception": {
        "exceptions.decide":
            lambda desk, actor: exceptions.decide(desk, actor, exceptions=[1], verdict="dismissed", rationale=WHY),
        "exceptions.undo_decision": lambda desk, actor: exceptions.undo_decision(desk, actor, decisions=[1]),
    },
    "send_weekly": {"sending.send_weekly": lambda desk, actor: sending.send_weekly(desk, actor)},
    "explain_variance": {
        "months.explain":
            lambda desk, actor: months.explain(desk, actor, workload=SLUG, month="2026-11", text=WHY),
    },
    "record_evaluation": {
        "evaluations.import_evaluation": lambda desk, actor: evaluations.import_evaluation(
            desk, actor, text="", name="e.csv", workload=SLUG, kind="tier"),
        "evaluations.withdraw_evaluation":
            lambda desk, actor: evaluations.withdraw_evaluation(desk, actor, number=1, why=WHY),
    },
    "declare_saving": {
        "months.declare_saving": lambda desk, actor: months.declare_saving(
            desk, actor, workload=SLUG, what=WHY, promised=1_000_000, applied_at=NOON),
        "months.withdraw_saving": lambda desk, actor: months.withdraw_saving(desk, actor, saving=1),
    },
    "learn": {
        "quarters.note": lambda desk, actor: quarters.note(
            desk, actor, workload=SLUG, quarter="2026-Q4", kind="learned", text=WHY),
    },
    "recommend": {
        "quarters.note of a recommendation": lambda desk, actor: quarters.note(
            desk, actor, workload=SLUG, quarter="2026-Q4", kind="recommended", text=WHY),
    },
    "end_quarterly_review": {
        "quarters.end_review": lambda desk, actor: quarters.end_review(
            desk, actor, workload=SLUG, quarter="2026-Q4", decision="reaffirm", text=WHY),
    },
    "write_annual": {
        "years.write_statement": lambda desk, actor: years.write_statement(desk, actor, year="2026", text=WHY),
    },
    "sign_annual": {
        "years.sign_statement": lambda desk, actor: years.sign_statement(
            desk, actor, year="2026", content_hash="0" * 64),
    },
    "judge_prediction": {
        "years.judge_prediction": lambda desk, actor: years.judge_prediction(
            desk, actor, number=1, verdict="open", evidence=WHY),
    },
    "enter_outcomes": {
        "outcomes.enter_outcome": lambda desk, actor: outcomes.enter_outcome(
            desk, actor, workload=SLUG, starts_at=NOON - timedelta(days=1), ends_at=NOON, value=1_000_000),
        "outcomes.import_outcomes": lambda desk, actor: outcomes.import_outcomes(
            desk, actor, text="workload\n", name="outcomes.csv"),
        "outcomes.pull_outcomes": lambda desk, actor: outcomes.pull_outcomes(desk, actor),
        "outcomes.withdraw_outcome": lambda desk, actor: outcomes.withdraw_outcome(desk, actor, outcome=1, why=WHY),
    },
    "scan_prompts": {
        "prompts.scan_prompts": lambda desk, actor: prompts.scan_prompts(desk, actor, path=NOWHERE),
        "prompts.retire_prompts": lambda desk, actor: prompts.retire_prompts(desk, actor, repository="nowhere"),
    },
    "manage_secrets": {
        "secret_keeping.permit": lambda desk, actor: secret_keeping.permit(desk, actor, "env:ADMIN"),
        "secret_keeping.confirm_place":
            lambda desk, actor: secret_keeping.confirm_place(desk, actor, reference="env:NOBODY"),
        "secret_keeping.set_secret": lambda desk, actor: secret_keeping.set_secret(desk, actor, name="x", value="y"),
        "secret_keeping.forget_secret": lambda desk, actor: secret_keeping.forget_secret(desk, actor, name="x"),
    },
    "export_audit": {"audit_log.export_log": lambda desk, actor: audit_log.export_log(desk, actor, path=NOWHERE)},
    "retain_audit": {
        "audit_retention.retain_audit":
            lambda desk, actor: audit_retention.retain_audit(desk, actor, folder=NOWHERE, reason=WHY),
    },
    "backup": {"backing_up.back_up": lambda desk, actor: backing_up.back_up(desk, actor, path=NOWHERE)},
    "restore": {"restoring.restore_backup": restore},
}
"""Key of `MAY` to operations as `tests.support.gated` names them; what follows a space tells two inputs apart."""

BESIDE = {"breakglass.kill", "quarter_endings.follow"}
"""Passes an operation that is tried itself: the rest of it needs a provider, or is no way in of its own."""
NOT_WRITTEN_DOWN = {"breakglass.check"}
"""Where the database cannot be written. The command line writes the attempt down before, where it can."""
