"""The lab at a desk: what is known of a workload, and what was worked out kept in a draft of its Charter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from console.economics.filling import Known
from console.errors import InputError, NotPermitted, UsageError
from console.operations import registry as registrar
from console.operations.actor import Actor
from console.operations.charter.drafts import DraftSaved
from console.operations.charter.form import charter_form
from console.operations.desk import Desk
from console.operations.lab import keep, keep_plan, measurements
from console.pricing import PriceBook
from store import registry
from tests.support.charters import edited
from tests.support.desks import ARCHITECT, NOON, VIEWER, open_desk
from tests.support.mbom import CLAIMS
from tests.support.registered import sign_all
from tests.support.sound_charters import FINANCIAL
from tests.support.used import fill


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("lab")) as opened:
        with opened.database.write() as tx:
            fill(tx, PriceBook())
            registry.put_workload(tx, {"slug": "planned", "name": "Planned", "prompt": {"tokens": 3400}}, by="maria",
                                  at=NOON)
        yield opened


async def test_anybody_may_ask_what_is_known_of_a_workload(desk: Desk) -> None:
    found = (await measurements(desk, VIEWER, workload="claims-triage")).known
    assert found["output_usd_per_million"] == Known(Fraction(15), "today's price")  # Sonnet costs it most
    assert found["usd_per_million"].origin == "measured, last 30 days"
    assert found["input_usd_per_million"].value < 3
    assert "calls_per_day" not in found  # its source counts no calls, and no Charter says


async def test_of_a_workload_that_has_not_run_only_its_entry_is_known(desk: Desk) -> None:
    found = (await measurements(desk, VIEWER, workload="planned")).known
    assert found == {"system_tokens": Known(Fraction(3400), "MBOM entry")}


async def test_a_workload_that_the_mbom_does_not_have_is_refused_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(UsageError, match="Did you mean claims-triage"):
        await measurements(desk, VIEWER, workload="claims-triag")


SLUG = "claims-triage"


@pytest.fixture
async def registered(tmp_path: Path) -> AsyncIterator[Desk]:
    with open_desk(tmp_path) as made:
        await registrar.import_mbom(made, ARCHITECT, text=CLAIMS, name="mbom.toml")
        yield made


async def kept(desk: Desk, topic: str = "cascade", *, figures: bool = True, actor: Actor = ARCHITECT,
               base_hash: str | None = None, **inputs: str) -> DraftSaved:
    plan = await keep_plan(desk, actor, workload=SLUG, topic=topic, inputs=inputs, origins={})
    return await keep(desk, actor, workload=SLUG, topic=topic, inputs=inputs, origins={}, figures=figures,
                      base_version=plan.base_version, base_hash=plan.base_hash if base_hash is None else base_hash)


async def text(desk: Desk) -> str:
    return (await charter_form(desk, ARCHITECT, workload=SLUG)).text


async def drafted(desk: Desk, *changes: tuple[str, str]) -> str:
    written = edited(*changes, text=FINANCIAL)
    await registrar.import_charter(desk, ARCHITECT, text=written, name="charter.toml")
    return written


async def test_inputs_result_and_date_are_kept_as_a_comment_and_what_a_person_wrote_survives(registered: Desk) -> None:
    before = await drafted(registered)
    done = await kept(registered, "cache", figures=False, calls_per_minute="0.5")
    after = await text(registered)
    assert (done.version, done.outcome) == (1, "unchanged")
    assert after.startswith(before.rstrip())
    assert "# The lab of claims-triage, 2026-11-23, maria: cache, from which arrival rate" in after
    assert "#   calls_per_minute 0.5 (yours)" in after
    assert "#   = break_even_calls_per_minute 0.049024 calls a minute" in after
    assert "#   token-console lab cache --write-multiple 1.25" in after


async def test_figures_that_a_charter_states_are_written_where_they_stand_with_their_comments(registered: Desk) -> None:
    await drafted(registered)
    done = await kept(registered, distilled_usd="0.003", workhorse_usd="0.01", frontier_usd="0.02", rework_usd="0.05")
    after = await text(registered)
    # (0.003 + 0.3 x 0.01 + 0.3 x 0.05 x 0.02) x 180,000 calls; 4 % x 0.05 x 180,000 of rework.
    assert 'monthly_usd = "1134"                 # 180,000 calls at today' in after
    assert 'rework_usd = "360"' in after
    assert done.outcome == "changed"


async def test_a_reviews_cost_is_that_of_a_months_reviewed_cases(registered: Desk) -> None:
    await drafted(registered, ("baseline = ", "outcomes_per_month = 90000\nbaseline = "))
    await kept(registered, "review", reviewer_usd="2")
    assert 'review_usd = "9000"' in await text(registered)  # a twentieth of 90,000, at $2


async def test_what_the_charter_does_not_count_is_left_as_it_is_and_said(registered: Desk) -> None:
    await drafted(registered)
    plan = await keep_plan(registered, VIEWER, workload=SLUG, topic="review", inputs={}, origins={})
    assert plan.what.figures == ()
    assert "how many reviewed cases a month has" in plan.what.without[0]


async def test_a_signed_version_stays_and_the_next_one_begins_with_it(registered: Desk) -> None:
    await drafted(registered)
    await sign_all(registered, SLUG)
    done = await kept(registered, "cache", figures=False)
    form = await charter_form(registered, ARCHITECT, workload=SLUG)
    assert (done.version, done.outcome) == (2, "new")
    assert form.versions == ((1, "signed"), (2, "draft"))
    assert "# The lab of" not in (await charter_form(registered, ARCHITECT, workload=SLUG, version=1)).text


async def test_a_workload_without_a_charter_begins_one_with_it(registered: Desk) -> None:
    done = await kept(registered)
    assert (done.version, done.outcome) == (1, "new")
    assert "# The lab of claims-triage" in await text(registered)


async def test_what_somebody_stored_meanwhile_is_not_written_over(registered: Desk) -> None:
    before = await drafted(registered)
    with pytest.raises(InputError, match="while you were at it"):
        await kept(registered, base_hash="seen before")
    assert await text(registered) == before


async def test_only_who_may_write_charters_keeps_anything(registered: Desk) -> None:
    before = await drafted(registered)
    with pytest.raises(NotPermitted):
        await kept(registered, actor=VIEWER)
    assert await text(registered) == before


async def test_hostile_origins_stay_one_harmless_line(registered: Desk) -> None:
    await drafted(registered)
    plan = await keep_plan(registered, VIEWER, workload=SLUG, topic="cache", inputs={},
                           origins={"ttl_seconds": 'x"""\n[charter]\nworkload = "other"\x1b[2J'})
    assert all(one.startswith("# ") and one.isprintable() for one in plan.what.comment)


@pytest.mark.parametrize(("topic", "inputs", "said"), [
    ("alchemy", {}, "The lab has no topic"), ("cache", {"ttl_seconds": "0"}, "is not a number from 1"),
    ("cache", {"read_multiple": "2"}, "dearer to read than to write"),
])
async def test_what_cannot_be_worked_out_is_not_kept(registered: Desk, topic: str, inputs: dict[str, str],
                                                     said: str) -> None:
    with pytest.raises(UsageError, match=said):
        await keep_plan(registered, VIEWER, workload=SLUG, topic=topic, inputs=inputs, origins={})
