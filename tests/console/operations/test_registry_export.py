"""The MBOM on its way out and back in: CycloneDX that the real schema accepts, and nothing lost."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion

from console.errors import InputError, UsageError
from console.operations import registry
from console.operations.desk import Desk
from console.operations.mbom import references as mbom_references
from console.toml import Document
from store import drills
from store import registry as store
from store.tables import Drill
from tests.support.charters import CLAIMS_TRIAGE
from tests.support.desks import ARCHITECT, FINANCE, LEAD, NOON, OWNER, RISK, open_desk
from tests.support.mbom import SUPPORT, WHOLE

SERIAL = "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
UNSEEN = ["\x1b]52;c;AAAA\x07", "\u202eevil", "an\u200byone"]
HOSTILE = ["[@click=app.quit]x[/]", "=1+1", "<script>alert(1)</script>",
           "\u00e9" * 200]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


async def filled(desk: Desk) -> list[dict[str, Any]]:
    await registry.import_mbom(desk, ARCHITECT, text=WHOLE + SUPPORT, name="mbom.toml")
    return stored(desk)


def stored(desk: Desk) -> list[dict[str, Any]]:
    with desk.database.read() as tx:
        return [dict(row.entry) for row in store.workloads(tx)]


async def exported(desk: Desk, spec: str = "1.6") -> dict[str, Any]:
    text = await registry.export_mbom(desk, ARCHITECT, form="cyclonedx", spec=spec, serial=SERIAL, at=NOON)
    document: dict[str, Any] = json.loads(text)
    return document


def fault(document: dict[str, Any], version: SchemaVersion = SchemaVersion.V1_6) -> object:
    """What the real schema finds wrong with it; None where nothing is."""
    from cyclonedx.validation.json import JsonStrictValidator  # over a second, of every process that collects tests

    return JsonStrictValidator(version).validate_str(json.dumps(document))


async def brought_back(tmp_path: Path, document: dict[str, Any]) -> list[dict[str, Any]]:
    (tmp_path / "other").mkdir()
    with open_desk(tmp_path / "other") as other:
        await registry.import_mbom(other, ARCHITECT, text=json.dumps(document, indent=1), name="m.cdx.json")
        return stored(other)


async def refused(desk: Desk, document: dict[str, Any] | str) -> str:
    """What an import of the document says; nothing of it is stored."""
    before = stored(desk)
    text = document if isinstance(document, str) else json.dumps(document, indent=1)
    with pytest.raises(InputError) as said:
        await registry.import_mbom(desk, ARCHITECT, text=text, name="m.cdx.json")
    assert stored(desk) == before
    return str(said.value)


@pytest.mark.parametrize(("spec", "version"), [("1.6", SchemaVersion.V1_6), ("1.7", SchemaVersion.V1_7)])
async def test_the_real_schema_accepts_an_export_with_its_attestations(desk: Desk, spec: str,
                                                                       version: SchemaVersion) -> None:
    await filled(desk)
    await registry.import_charter(desk, ARCHITECT, text=CLAIMS_TRIAGE, name="c.toml")
    for actor, role in ((OWNER, "business_owner"), (LEAD, "platform_lead"), (FINANCE, "finance_partner"),
                        (RISK, "risk_officer")):
        await registry.sign(desk, actor, workload="claims-triage", role=role)
    document = await exported(desk, spec)
    assert fault(document, version) is None
    assert [one["requirement"] for one in document["declarations"]["attestations"][0]["map"]][:2] == [
        "req:claims-triage/1/SCN-STRETCH", "req:claims-triage/1/SCN-RUNAWAY"]
    assert len(document["declarations"]["affirmation"]["signatories"]) == 4
    assert mbom_references.check(Document("export", document, {})) == []
    (claims,) = [one for one in document["components"] if one["bom-ref"] == "workload:claims-triage"]
    assert {"name": "tokengov:scenario:expected-usd-month", "value": "1860.000000"} in claims["properties"]
    assert {"name": "tokengov:kill:threshold", "value": "month_usd>9300"} in claims["properties"]


@pytest.mark.parametrize(("drilled", "predicate"), [
    (True, "The breaker is armed and was drilled within 90d."),
    (False, "The breaker is unproven: no drill of it passed within 90d."),
])
async def test_a_drill_is_attested_with_its_evidence_or_claimed_against(desk: Desk, drilled: bool,
                                                                        predicate: str) -> None:
    await filled(desk)
    demanding = CLAIMS_TRIAGE.replace("automatic = true\nesc", 'automatic = true\ndrill_every = "90d"\nesc', 1)
    await registry.import_charter(desk, ARCHITECT, text=demanding, name="c.toml")
    for actor, role in ((OWNER, "business_owner"), (LEAD, "platform_lead"), (FINANCE, "finance_partner"),
                        (RISK, "risk_officer")):
        await registry.sign(desk, actor, workload="claims-triage", role=role)
    if drilled:
        with desk.database.write() as tx:
            drills.add(tx, Drill(workload="claims-triage", at=NOON - timedelta(days=3), drilled_by="otto",
                                 sort="target", target="apikey_01Drills", requested_s=0.4, confirmed_s=2.5,
                                 outcome="passed"))
    document = await exported(desk)
    assert fault(document) is None
    assert mbom_references.check(Document("export", document, {})) == []
    said = document["declarations"]
    (claim,) = [one for one in said["claims"] if one["bom-ref"] == "claim:drill/claims-triage/1"]
    assert claim["predicate"] == predicate
    (mapped,) = [one for one in said["attestations"][0]["map"] if one["requirement"].endswith("/DRILL")]
    assert mapped["claims" if drilled else "counterClaims"] == [claim["bom-ref"]]
    proofs = [one for one in said["evidence"] if one["propertyName"] == "tokengov:drill"]
    assert len(proofs) == int(drilled)
    if drilled:
        content = json.loads(base64.b64decode(proofs[0]["data"][0]["contents"]["attachment"]["content"]))
        assert content["seconds_to_confirmed"] == 2.5


async def test_what_goes_out_comes_back_whole(desk: Desk, tmp_path: Path) -> None:
    entries = await filled(desk)
    assert await brought_back(tmp_path, await exported(desk)) == entries
    for form in ("toml", "json"):
        text = await registry.export_mbom(desk, ARCHITECT, form=form)
        done = await registry.import_mbom(desk, ARCHITECT, text=text, name="again")
        assert (done.changed, done.unchanged) == ((), 2)


async def test_the_same_time_and_serial_number_give_the_same_bytes(desk: Desk) -> None:
    await filled(desk)
    once = await registry.export_mbom(desk, ARCHITECT, form="cyclonedx", at=NOON)
    assert once == await registry.export_mbom(desk, ARCHITECT, form="cyclonedx", at=NOON)
    with pytest.raises(UsageError, match="urn:uuid:"):
        await registry.export_mbom(desk, ARCHITECT, form="cyclonedx", serial="42")


@pytest.mark.parametrize("name", UNSEEN)
async def test_a_name_with_what_nobody_sees_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(InputError, match=r"mbom\.toml:\d+: .*which nobody sees who reads it; take it out"):
        await registry.import_mbom(desk, ARCHITECT, text=WHOLE.replace('"Claims triage"', json.dumps(name)),
                                   name="mbom.toml")


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_goes_through_and_steers_nothing(desk: Desk, tmp_path: Path, name: str) -> None:
    text = WHOLE.replace('"Claims triage"', json.dumps(name))
    await registry.import_mbom(desk, ARCHITECT, text=text, name="mbom.toml")
    document = await exported(desk)
    assert (await registry.export_mbom(desk, ARCHITECT, form="cyclonedx")).isascii()
    assert fault(document) is None
    assert (await brought_back(tmp_path, document))[0]["name"] == name


async def test_a_name_of_ten_thousand_characters_is_exported_and_refused_on_its_way_in(desk: Desk) -> None:
    (entry, _) = await filled(desk)
    with desk.database.write() as tx:
        store.put_workload(tx, {**entry, "name": "n" * 10_000}, by="maria", at=NOON)
    document = await exported(desk)
    assert fault(document) is None
    assert "name has 10,000 characters; shorten it to 200" in await refused(desk, document)


@pytest.mark.parametrize(("old", "new", "expected"), [
    ('"specVersion": "1.6"', '"specVersion": "2.0"', "m.cdx.json:3: specVersion = '2.0' is not understood"),
    ('"CycloneDX"', '"SPDX"', 'm.cdx.json:2: bomFormat is not "CycloneDX"'),
    ('"name": "Support bot"', '"name": "Other"', "workload:support-bot name is not what its tokengov:entry says"),
    ('"ref": "workload:support-bot"', '"ref": "workload:nobody"', "nothing in the file has that bom-ref"),
    ('"bom-ref": "workload:support-bot"', '"bom-ref": "workload:claims-triage"', "is given twice (first on line"),
    ('"model:claude-sonnet-4-6",\n    "svc', '"svc', "workload:claims-triage dependsOn is not what its"),
    ('"name": "tokengov:entry"', '"name": "tokengov:entri"', "has no tokengov:entry"),
    ('"value": "live"', '"value": "retired"', "tokengov:state is not what its tokengov:entry says"),
    ('"version": 1,', '"version": 1, "version": 2,', "'version' is given twice; keep one of the two"),
    ('"version": 1,', '"version": NaN,', "no NaN, no Infinity"),
    ('"version": 1,', '"version": null,', "null says nothing"),
    ('"version": 1,', '"version": ' + "[" * 40 + "]" * 40 + ",", "nested deeper than 32 levels"),
    ('"version": 1,', '"version": "\\ud800",', "half a character"),
])
async def test_a_file_that_was_changed_is_refused_whole_with_its_place(desk: Desk, old: str, new: str,
                                                                       expected: str) -> None:
    await filled(desk)
    text = json.dumps(await exported(desk), indent=1)
    assert old in text
    assert expected in await refused(desk, text.replace(old, new, 1))


async def test_a_fault_in_a_json_file_has_its_line(desk: Desk) -> None:
    text = ('{ "workload": [\n{ "slug": "a",\n"name": "A",\n"status": "planned",\n"prompt_literacy": 9,\n'
            '"tier": "best" } ] }')
    said = await refused(desk, text)
    assert "m.cdx.json:5: [[workload]] 1 prompt_literacy = 9" in said
    assert "m.cdx.json:6: [[workload]] 1 tier = 'best'" in said


async def test_a_file_that_ends_early_is_never_half_read(desk: Desk) -> None:
    await filled(desk)
    text = json.dumps(await exported(desk), indent=1)
    for length in range(1, len(text) - 1, 97):
        await refused(desk, text[:length])
