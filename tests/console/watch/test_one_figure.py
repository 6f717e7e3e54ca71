"""Push leads, poll corrects: whatever comes in which order, each minute is counted once, by whoever knows it best."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.clock import epoch
from console.config import SourceSettings
from console.pricing import PriceBook
from console.providers.rows import Rows
from console.providers.source import BilledRow, Named, PushedCall, SourceError, Tokens, UsageRow, UsageWindow
from console.watch.attribution import Attribution, UsageRule
from console.watch.covering import Covering
from console.watch.intake import Intake
from store import pushed, streams, usage
from tests.support.database import fresh_database
from tests.support.pushing import NOON, POLLED, RULES, call, call_store

START = epoch(NOON) - 3600
KEY = (("api_key_id", "key-claims"), ("model", "claude-sonnet-4-6"))


@dataclass
class Provider:
    """A polled source: it tells what each minute came to, as it is known to it by now."""

    name: str = "anthropic"
    kind: str = "anthropic"
    capabilities = POLLED
    minutes: Counter[int] = field(default_factory=Counter)
    fails: bool = False
    told: dict[int, int] = field(default_factory=dict)
    """What it last told of each minute."""

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        if self.fails:
            raise SourceError("unavailable", "it is down")  # type: ignore[arg-type]
        rows = Rows()
        if width == 60:
            self.told.update({minute: tokens for minute, tokens in self.minutes.items() if start <= minute < end})
            rows = Rows(UsageRow(minute, KEY, Tokens(output=tokens)) for minute, tokens in self.minutes.items()
                        if start <= minute < end)
        return UsageWindow(start, end, width, rows, 1)

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        return []

    async def names(self) -> list[Named]:
        return []

    async def check(self) -> Named:
        return Named("organisation", "org", "Example")

    async def close(self) -> None: ...


class World:
    """A provider that is polled, calls that are pushed, and a console that may begin anew."""

    def __init__(self, folder: Path, rules: Sequence[UsageRule] = RULES) -> None:
        self.database, self.provider, self.rules = fresh_database(folder), Provider(), rules
        self.begin()

    def begin(self) -> None:
        """As after a restart."""
        settings = SourceSettings("anthropic", "anthropic", "env:KEY", backfill_days=1)
        self.intake = Intake(settings, self.provider, self.database, PriceBook(), lambda *_: None)
        self.calls = call_store(self.database)
        self.name(self.rules)

    def name(self, rules: Sequence[UsageRule]) -> None:
        """The MBOM is another one."""
        attribution, covering = Attribution(rules), Covering(rules, {"anthropic": POLLED})
        self.intake.attribute_by(attribution.workload_of, covering)
        self.calls.attribute_by(attribution, covering)

    def poll(self, now: datetime) -> None:
        asyncio.run(self.intake.poll(now, mended=True))

    def push(self, calls: Iterable[PushedCall], now: datetime) -> None:
        self.calls.store([("otel", list(calls))], now, None)

    def facts(self, workload: str | None, table: str = "usage_fact", column: str = "bucket") -> Counter[int]:
        """Output tokens by minute as they count."""
        with self.database.read() as tx:
            rows = tx.connection().exec_driver_sql(
                f"SELECT f.{column}, SUM(f.output) FROM {table} f JOIN series s ON s.id = f.series "
                f"WHERE s.workload IS ? GROUP BY 1", (workload,))
            return Counter({bucket: tokens for bucket, tokens in rows if tokens})

    @property
    def watermark(self) -> int:
        with self.database.read() as tx:
            return streams.get(tx, "anthropic", "usage").watermark or 0


def at(minute: int, second: int = 30) -> datetime:
    return NOON - timedelta(hours=1) + timedelta(minutes=minute, seconds=second)


steps = st.lists(st.one_of(
    st.tuples(st.just("push"), st.lists(st.integers(0, 59), max_size=8)),
    st.tuples(st.just("poll"), st.integers(1, 7)),
    st.tuples(st.just("fail"), st.integers(1, 7)),
    st.tuples(st.just("restate"), st.integers(0, 40)),
    st.tuples(st.just("begin"), st.none()),
), max_size=25)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps)
def test_every_minute_is_counted_once_by_whoever_knows_it_best(steps: list[tuple[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, now, minute = World(Path(folder)), at(0), 0
        services = ("claims", "claims", "chat", "other")
        all_calls = [call(key=f"k{number}", output=10 + number, service=services[number % 4]) for number in range(60)]
        made = {}
        for what, how in steps:
            if what == "push":
                batch = []
                for number in how:  # type: ignore[attr-defined]
                    if number not in made:
                        ended = at(max(0, minute - number % 3), number)
                        made[number] = replace(all_calls[number], at=min(ended, now))
                        if number % 4 < 2:  # as it is known to the provider too, and some calls to it alone
                            world.provider.minutes[epoch(made[number].at) // 60 * 60] += 10 + number
                    batch.append(made[number])
                world.push(batch, now)
            elif what in {"poll", "fail"}:
                minute += how  # type: ignore[operator]
                now = at(minute)
                world.provider.minutes[epoch(now) // 60 * 60 - 120] += 1  # a caller that is not instrumented
                world.provider.fails = what == "fail"
                world.poll(now)
            elif what == "restate":
                world.provider.minutes[START + 60 * min(how, minute)] += 1000  # type: ignore[call-overload]
            else:
                world.begin()
        _check(world, made.values())
        world.database.close()


def _check(world: World, made: Iterable[PushedCall]) -> None:
    watermark, told = world.watermark, world.provider.told
    by_service: dict[str, Counter[int]] = {name: Counter() for name in ("claims", "chat", "other")}
    for each in made:
        assert each.tokens is not None
        by_service[str(dict(each.dimensions)["service"])][epoch(each.at) // 60 * 60] += each.tokens.output
    polled = Counter({minute: tokens for minute, tokens in told.items() if tokens})
    claims = by_service["claims"]
    led = any(minute >= watermark - 3600 for minute in claims)
    expected = Counter({minute: tokens for minute, tokens in polled.items() if minute + 60 <= watermark or not led})
    expected.update({minute: tokens for minute, tokens in claims.items() if minute + 60 > watermark})
    assert world.facts("claims") == expected
    assert world.facts("chat") == by_service["chat"]
    assert world.facts(None) == Counter(), "the polled source tells of those calls too"
    for workload, facts in (("claims", expected), ("chat", by_service["chat"])):
        hours: Counter[int] = Counter()
        for minute, tokens in facts.items():
            hours[minute // 3600 * 3600] += tokens
        assert world.facts(workload, "usage_hour", "hour") == hours
        assert sum(world.facts(workload, "usage_day", "day").values()) == sum(facts.values())
    with world.database.read() as tx:
        all_pushed = sum(tx.connection().exec_driver_sql("SELECT output FROM pushed_minute").scalars())
    assert all_pushed == sum(sum(each.values()) for each in by_service.values()), "and all of it can be shown"


def test_the_difference_is_shown_for_whole_hours_that_both_know(tmp_path: Path) -> None:
    world, now = World(tmp_path), epoch(NOON)
    world.push([call(2 * 3600 + 60 * each, output=100) for each in range(90)], NOON)
    for each in range(120):
        world.provider.minutes[now - 60 * each - 60 - 7200] += 110
    with world.database.read() as tx:
        assert pushed.beside_polled(tx, "claims", now - 86_400, now) is None, "nothing was polled yet"
    world.poll(NOON)
    with world.database.read() as tx:
        told = pushed.beside_polled(tx, "claims", now - 86_400, now)
        assert pushed.beside_polled(tx, "chat", now - 86_400, now) is None, "nobody polls it"
    assert told == (61 * 4500, 60 * 110 * 15, 2)


def test_where_the_mbom_names_no_poll_any_more_what_was_pushed_counts_again(tmp_path: Path) -> None:
    world, minute = World(tmp_path), epoch(NOON) - 1800
    world.push([call(1800, output=100)], NOON)
    world.provider.minutes[minute] = 110
    world.poll(NOON)
    assert world.facts("claims") == {minute: 110}
    world.name([rule for rule in RULES if ("source", "otel") in rule.match])
    _mend(world, {"anthropic": None})
    assert world.facts("claims") == {minute: 100}
    world.name(RULES)
    _mend(world, {"anthropic": "claims"})
    assert world.facts("claims") == {minute: 110}
    assert world.facts("claims", "usage_hour", "hour") == {minute // 3600 * 3600: 110}


def test_a_poll_that_tells_of_what_was_pushed_and_forgotten_counts_it_no_second_time(tmp_path: Path) -> None:
    world, minute = World(tmp_path, [rule for rule in RULES if ("source", "otel") in rule.match]), epoch(NOON) - 9000
    world.push([call(9000, output=100), call(8940, output=7), call(1800, output=1)], NOON)
    with world.database.write() as tx:
        assert pushed.forget(tx, epoch(NOON) - 3600) == 2
    assert world.facts("claims") == {minute: 100, minute + 60: 7, minute + 7200: 1}
    world.name(RULES)
    world.provider.minutes.update({minute: 110, minute + 7200: 3})
    world.poll(NOON)
    _mend(world, {"anthropic": "claims"})
    assert world.facts("claims") == {minute: 110, minute + 7200: 3}
    hours = {minute // 3600 * 3600: 110, (minute + 7200) // 3600 * 3600: 3}
    assert world.facts("claims", "usage_hour", "hour") == hours
    world.name([rule for rule in RULES if ("source", "otel") in rule.match])
    _mend(world, {"anthropic": None})
    assert world.facts("claims") == {minute: 100, minute + 60: 7, minute + 7200: 1}, "and nothing was lost by it"


def test_what_is_claimed_later_counts_from_where_no_poll_knows_it(tmp_path: Path) -> None:
    world, minute = World(tmp_path, RULES[:2]), epoch(NOON) - 1800
    world.push([call(1800, service="chat", output=100)], NOON)
    assert world.facts(None) == {}, "the polled source tells of it too, whosoever it is"
    world.name(RULES)
    _mend(world, {"otel": "chat"})
    assert world.facts("chat") == {minute: 100}


def _mend(world: World, owners: dict[str, str | None]) -> None:
    """What an import of the MBOM and the next turn do: series change hands, and so may what covers them."""
    with world.database.write() as tx:
        usage.set_workloads(tx, {one.id or 0: owners[one.source] for one in usage.all_series(tx)
                                 if one.source in owners})
        tx.info.clear()
        fetch = usage.begin_fetch(tx, source="otel", stream="usage", start=0, end=0, width=60, at=NOON)
        world.calls.covering.mended(tx, fetch.id or 0)
