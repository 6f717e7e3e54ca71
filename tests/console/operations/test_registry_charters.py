"""Charters behind the door: imports, signatures, and which version is in force."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.charters.signing import content_hash
from console.config import Approvals
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry
from console.operations.actor import Actor
from console.operations.desk import Desk
from store import audit
from store.tables import Charter
from tests.support.charters import CLAIMS_TRIAGE, edited
from tests.support.desks import ARCHITECT, EVERYTHING, FINANCE, LEAD, OWNER, RISK, VIEWER, open_desk
from tests.support.mbom import CLAIMS, CONFIG

EVERYONE = ((OWNER, "business_owner"), (LEAD, "platform_lead"), (FINANCE, "finance_partner"), (RISK, "risk_officer"))
SECOND = edited(("version = 1", "version = 2"), ("delegated authority B", "delegated authority C"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as opened:
        await registry.import_mbom(opened, ARCHITECT, text=CLAIMS, name="mbom.toml")
        yield opened


async def imported(desk: Desk, text: str = CLAIMS_TRIAGE) -> registry.CharterImported:
    return await registry.import_charter(desk, ARCHITECT, text=text, name="claims-triage.toml")


async def signed_by_all(desk: Desk) -> registry.Signed:
    done = [await registry.sign(desk, actor, workload="claims-triage", role=role) for actor, role in EVERYONE]
    return done[-1]


async def in_force(desk: Desk) -> int | None:
    document = await registry.charter_document_for(desk, VIEWER, workload="claims-triage")
    return document.charter.version if document else None


def actions(desk: Desk) -> list[str]:
    with desk.database.read() as tx:
        return [entry.action for entry in reversed(audit.entries(tx)) if entry.action.startswith("charter.")]


async def test_a_sound_charter_is_stored_as_a_draft(desk: Desk) -> None:
    done = await imported(desk)
    assert (done.outcome, done.state, done.version) == ("new", "draft", 1)
    view = await registry.show_charter(desk, VIEWER, workload="claims-triage")
    assert view.missing_roles == ("business_owner", "platform_lead", "finance_partner", "risk_officer")
    assert view.text == CLAIMS_TRIAGE
    assert await in_force(desk) is None
    assert actions(desk) == ["charter.imported"]


async def test_the_last_required_signature_puts_it_in_force(desk: Desk) -> None:
    await imported(desk)
    for actor, role in EVERYONE[:3]:
        done = await registry.sign(desk, actor, workload="claims-triage", role=role)
        assert done.state == "in review"
        assert await in_force(desk) is None
    done = await registry.sign(desk, RISK, workload="claims-triage", role="risk_officer")
    assert (done.state, done.missing_roles) == ("signed", ())
    assert await in_force(desk) == 1
    assert actions(desk) == ["charter.imported", *["charter.signed"] * 4, "charter.in_force"]
    assert (await registry.mbom(desk, VIEWER))[0].charter_version == 1


async def test_a_new_version_takes_over_only_when_it_is_fully_signed(desk: Desk) -> None:
    await imported(desk)
    await signed_by_all(desk)
    await imported(desk, SECOND)
    await registry.sign(desk, OWNER, workload="claims-triage", role="business_owner")
    assert await in_force(desk) == 1
    for actor, role in EVERYONE[1:]:
        done = await registry.sign(desk, actor, workload="claims-triage", role=role)
    assert done.superseded == (1,)
    assert await in_force(desk) == 2
    view = await registry.show_charter(desk, VIEWER, workload="claims-triage", version=1)
    assert view.versions == ((1, "superseded"), (2, "signed"))
    assert "charter.superseded" in actions(desk)


async def test_a_changed_comment_keeps_the_signatures(desk: Desk) -> None:
    await imported(desk)
    await signed_by_all(desk)
    done = await imported(desk, CLAIMS_TRIAGE + "\n# reviewed in March\n")
    assert (done.outcome, done.state) == ("unchanged", "signed")
    assert await in_force(desk) == 1
    assert (await registry.show_charter(desk, VIEWER, workload="claims-triage")).signed_at is not None


async def test_a_change_makes_a_new_version_and_what_is_in_force_stays_so(desk: Desk) -> None:
    await imported(desk)
    await signed_by_all(desk)
    with pytest.raises(InputError, match=r"is signed, and this file says something else.* version = 2 in \[charter\]"):
        await imported(desk, edited(('kill_usd = "9300"', 'kill_usd = "27000"')))
    assert await in_force(desk) == 1
    view = await registry.show_charter(desk, VIEWER, workload="claims-triage")
    assert (len(view.signatures), view.missing_roles) == (4, ())


async def test_one_signature_fixes_the_content(desk: Desk) -> None:
    await imported(desk)
    assert (await imported(desk, edited(("multiple = 15", "multiple = 14")))).outcome == "changed"
    await registry.sign(desk, OWNER, workload="claims-triage", role="business_owner")
    with pytest.raises(InputError, match="is in review"):
        await imported(desk)
    assert actions(desk) == ["charter.imported", "charter.imported", "charter.signed"]


async def test_the_past_is_not_rewritten(desk: Desk) -> None:
    await imported(desk)
    await signed_by_all(desk)
    await imported(desk, SECOND)
    await signed_by_all(desk)
    with pytest.raises(InputError, match=r"write version = 3 in \[charter\]"):
        await imported(desk, edited(('kill_usd = "9300"', 'kill_usd = "9000"')))
    assert (await imported(desk)).outcome == "unchanged"


async def test_errors_refuse_the_file_and_all_are_told(desk: Desk) -> None:
    with pytest.raises(InputError) as refused:
        await imported(desk, edited(("multiple = 15", "multiple = 50"), ("thinking = false", "thinking = true")))
    assert len(str(refused.value).splitlines()) == 2
    assert await registry.charters(desk, VIEWER) == []


async def test_warnings_do_not_refuse_it(desk: Desk) -> None:
    done = await imported(desk, edited(('outcome_value_usd = "1.20"', "")))
    assert any("outcome_value_usd is missing" in warning for warning in done.warnings)


async def test_a_workload_outside_the_mbom_has_no_charter(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no workload 'elsewhere'"):
        await imported(desk, edited(('workload = "claims-triage"', 'workload = "elsewhere"')))


class TestWhoSigns:
    async def test_only_in_a_role_that_one_holds(self, desk: Desk) -> None:
        await imported(desk)
        with pytest.raises(NotPermitted, match="anna may not sign as finance_partner"):
            await registry.sign(desk, OWNER, workload="claims-triage", role="finance_partner")

    @pytest.mark.parametrize("actor", [VIEWER, ARCHITECT])
    async def test_the_architect_reviews_and_does_not_sign(self, desk: Desk, actor: Actor) -> None:
        await imported(desk)
        with pytest.raises(NotPermitted):
            await registry.sign(desk, actor, workload="claims-triage", role="business_owner")

    async def test_a_role_signs_once(self, desk: Desk) -> None:
        await imported(desk)
        await registry.sign(desk, OWNER, workload="claims-triage", role="business_owner")
        with pytest.raises(UsageError, match="anna signed version 1 as business_owner"):
            await registry.sign(desk, EVERYTHING, workload="claims-triage", role="business_owner")

    async def test_the_risk_officer_is_asked_only_where_the_domain_is_regulated(self, desk: Desk) -> None:
        await imported(desk, edited(('domain = "financial"', 'domain = "general"')))
        with pytest.raises(UsageError, match="not by risk_officer"):
            await registry.sign(desk, RISK, workload="claims-triage", role="risk_officer")

    async def test_one_person_may_sign_for_several_roles_unless_two_are_asked_for(self, desk: Desk) -> None:
        await imported(desk)
        await registry.sign(desk, EVERYTHING, workload="claims-triage", role="business_owner")
        strict = replace(desk, config=replace(desk.config, approvals=Approvals(two_person=True)))
        with pytest.raises(NotPermitted, match="one role only"):
            await registry.sign(strict, EVERYTHING, workload="claims-triage", role="platform_lead")
        done = await registry.sign(desk, EVERYTHING, workload="claims-triage", role="platform_lead")
        assert done.state == "in review"

    async def test_nobody_signs_what_they_did_not_read(self, desk: Desk) -> None:
        await imported(desk)
        read = (await registry.show_charter(desk, OWNER, workload="claims-triage")).content_hash
        await imported(desk, edited(("delegated authority B", "delegated authority A")))
        with pytest.raises(InputError, match="changed after you read it"):
            await registry.sign(desk, OWNER, workload="claims-triage", role="business_owner", content_hash=read)

    async def test_what_is_signed_already_or_over_is_not_signed(self, desk: Desk) -> None:
        await imported(desk)
        await signed_by_all(desk)
        with pytest.raises(UsageError, match="is signed; only a draft"):
            await registry.sign(desk, OWNER, workload="claims-triage", role="business_owner")

    async def test_the_matrix_of_the_day_of_signing_holds(self, desk: Desk) -> None:
        await imported(desk)
        stricter = replace(CONFIG, tram={"low": {"medium": {"depth_cap": 1}}})
        with pytest.raises(InputError, match="over the 1"):
            await registry.sign(replace(desk, config=stricter), OWNER, workload="claims-triage", role="business_owner")

    async def test_a_read_only_console_signs_nothing(self, desk: Desk) -> None:
        await imported(desk)
        with pytest.raises(NotPermitted, match="read-only"):
            await registry.sign(replace(desk, read_only=True), OWNER, workload="claims-triage", role="business_owner")


async def test_content_altered_in_the_database_is_in_force_for_nobody(desk: Desk) -> None:
    await imported(desk)
    await signed_by_all(desk)
    with desk.database.write() as tx:
        row = tx.get(Charter, ("claims-triage", 1))
        assert row is not None
        row.document = {**row.document, "runaway": {**row.document["runaway"], "kill": 10**15}}
        tx.add(row)
    assert await in_force(desk) is None


async def test_an_unknown_version_lists_those_there_are(desk: Desk) -> None:
    with pytest.raises(UsageError, match="charter new claims-triage"):
        await registry.show_charter(desk, VIEWER, workload="claims-triage")
    await imported(desk)
    with pytest.raises(UsageError, match=r"of version 7 \(versions: 1\)"):
        await registry.show_charter(desk, VIEWER, workload="claims-triage", version=7)


async def test_the_next_charter_begins_from_a_template_with_the_next_version(desk: Desk) -> None:
    await imported(desk)
    text = await registry.new_charter(desk, VIEWER, workload="claims-triage")
    done = await imported(desk, text.replace("<", "").replace(">", ""))
    assert done.version == 2
    view = await registry.show_charter(desk, VIEWER, workload="claims-triage")
    assert view.content_hash == content_hash(view.document)
