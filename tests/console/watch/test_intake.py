"""One source on its way into the store, over HTTP: what is believed, and what is not yet."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from console.clock import ManualClock, epoch, parse_rfc3339
from console.config import SourceSettings
from console.pricing import PriceBook
from console.providers.anthropic.source import AnthropicSource
from console.providers.shared import asking
from console.providers.shared.asking import PageSizes
from console.watch.execution import Held, Overtaken
from console.watch.intake import LOSS_BELIEVED_AFTER, Intake
from store import audit, leases, minutes, streams, windows
from store.database import Database
from store.tables import Stream
from tests.support.anthropic_reports import Reports, error_reply, usage_result
from tests.support.database import fresh_database
from tests.support.http_server import Asked, Reply, serving
from tests.support.small_disk import fill, small_disk

NOW = datetime(2026, 11, 23, 14, 0, 30, tzinfo=UTC)
MINUTE = epoch(NOW) // 60 * 60 - 600


class Feed:
    """A source at a provider whose rows, clock and haste a test may change."""

    def __init__(self, database: Database, reports: Reports) -> None:
        self.database, self.reports, self.clock = database, reports, ManualClock(NOW)
        self.provider_ahead_s = 0.0
        self.cost_asked: list[str] = []
        """From when on the cost was asked for."""
        self.usage_asked: list[int] = []
        """And the usage, by the minute, in seconds before the present."""
        self.seconds_an_answer = 0.0

    def answer(self, asked: Asked) -> Reply:
        self.clock.advance(self.seconds_an_answer)
        date = format_datetime(self.clock.now() + timedelta(seconds=self.provider_ahead_s), usegmt=True)
        if asked.path.endswith("usage_report/messages"):
            reply = self.reports(asked)
            if asked.one("bucket_width") == "1m":
                begin = parse_rfc3339(asked.one("starting_at") or "")
                self.usage_asked.append(int((self.clock.now() - begin).total_seconds()))
        elif asked.path.endswith("cost_report"):
            self.cost_asked.append(asked.one("starting_at") or "")
            reply = Reports()(asked)
        else:
            reply = error_reply(404, "not_found_error", "not here")
        return replace(reply, headers={**reply.headers, "date": date})

    def connect(self, url: str, *, backfill_days: int = 2) -> None:
        """Begin anew, as another process would."""
        settings = SourceSettings(name="anthropic", kind="anthropic", secret="env:X", backfill_days=backfill_days,
                                  base_url=url)
        source = AnthropicSource("anthropic", url, lambda: "k", clock=self.clock)
        self.intake = Intake(settings, source, self.database, PriceBook(), lambda *_: "claims", random.Random(1))

    async def poll(self, *, mended: bool = False, held: Held | None = None, after_s: float = 120,
                   hour: bool = False) -> str | None:
        self.clock.advance(after_s)
        return (await self.intake.poll(self.clock.now(), mended=mended, held=held, hour=hour)).error

    def spent(self) -> int:
        with self.database.read() as tx:
            spend = windows.period_spend(tx, MINUTE - 86_400, MINUTE + 86_400).get("claims")
        return spend.cost if spend else 0

    def whole(self) -> int:
        """What was spent in the last three days."""
        with self.database.read() as tx:
            return windows.period_spend(tx, MINUTE - 3 * 86_400, MINUTE + 86_400)["claims"].cost

    def known_from(self) -> int:
        with self.database.read() as tx:
            return minutes.known_from(tx, "anthropic", 0) or 0

    def stream(self) -> Stream:
        with self.database.read() as tx:
            return streams.get(tx, "anthropic", "usage")


@pytest.fixture
async def feed(tmp_path: Path) -> AsyncIterator[Feed]:
    reports = Reports(rows={MINUTE: [usage_result(api_key_id="a", model="claude-sonnet-4-6", output_tokens=1_000_000),
                                     usage_result(api_key_id="b", model="claude-sonnet-4-6", output_tokens=1_000_000)]})
    opened = Feed(fresh_database(tmp_path), reports)
    with serving(opened.answer) as server:
        opened.connect(server.url)
        yield opened
        await opened.intake.source.close()
    opened.database.close()


async def test_usage_is_read_priced_and_attributed(feed: Feed) -> None:
    assert await feed.poll() is None
    assert feed.spent() == 30_000_000


async def test_more_than_is_held_at_a_time_is_stored_part_by_part(
        feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ROWS_AT_ONCE", 2)
    row = feed.reports.rows[MINUTE][0]
    feed.reports.rows = {MINUTE + 60 * each: [row] for each in range(-200, 5)}
    source = feed.intake.source
    assert isinstance(source, AnthropicSource)
    source._sizes = PageSizes({60: 30, 3600: 168, 86_400: 31})
    poll = await feed.intake.poll(NOW)
    assert (poll.error, poll.rows, feed.spent()) == (None, 205, 205 * 15_000_000)
    with feed.database.read() as tx:
        windows_read = tx.connection().exec_driver_sql(
            "SELECT window_start, window_end, rows FROM fetch WHERE rows ORDER BY id").all()
    assert len(windows_read) > 5
    assert [after[0] for after in windows_read[1:]] == [before[1] for before in windows_read[:-1]]


async def test_the_cost_is_read_as_far_back_as_the_usage_at_first_and_then_of_this_month(feed: Feed) -> None:
    feed.connect(feed.intake.settings.base_url or "", backfill_days=60)
    await feed.poll()
    feed.clock.advance(86_400)
    await feed.poll()
    assert list(dict.fromkeys(feed.cost_asked)) == ["2026-09-24T00:00:00Z", "2026-11-01T00:00:00Z"]


async def test_a_restated_minute_replaces_what_was_read(feed: Feed) -> None:
    await feed.poll()
    row = usage_result(api_key_id="a", model="claude-sonnet-4-6", output_tokens=1_100_000)
    feed.reports.rows = {MINUTE: [row, *feed.reports.rows[MINUTE][1:]]}
    assert await feed.poll() is None
    assert feed.spent() == 31_500_000


async def test_a_poll_reads_twenty_minutes_back_and_each_quarter_of_an_hour_the_rest_of_the_hour(feed: Feed) -> None:
    await feed.poll()
    feed.usage_asked.clear()
    for _ in range(15):
        await feed.poll(after_s=60)
    minutes_back = [seconds // 60 for seconds in feed.usage_asked]
    assert (minutes_back.count(21), minutes_back.count(65), len(minutes_back)) == (15, 1, 16)


async def test_a_reading_that_something_hangs_on_is_of_the_whole_hour(feed: Feed) -> None:
    await feed.poll()
    await feed.poll(after_s=60, hour=True)
    assert feed.usage_asked[-1] // 60 == 66


async def test_a_minute_that_is_restated_late_in_its_hour_is_replaced_within_a_quarter(feed: Feed) -> None:
    await feed.poll()
    await feed.poll(after_s=2400)
    row = usage_result(api_key_id="a", model="claude-sonnet-4-6", output_tokens=1_100_000)
    feed.reports.rows = {MINUTE: [row, *feed.reports.rows[MINUTE][1:]]}
    for _ in range(15):
        assert await feed.poll(after_s=60) is None
    assert feed.spent() == 31_500_000


async def test_a_loss_late_in_its_hour_is_not_believed_either_until_the_provider_insists(feed: Feed) -> None:
    await feed.poll()
    await feed.poll(after_s=2400)
    feed.reports.rows = {MINUTE: feed.reports.rows[MINUTE][:1]}
    spent: list[int] = []
    while len(spent) < 60 and (not spent or spent[-1] == 30_000_000):
        assert await feed.poll(after_s=60) is None
        spent.append(feed.spent())
    assert spent[-1] == 15_000_000
    with feed.database.read() as tx:
        (last,) = audit.entries(tx, limit=1)
    detail = json.loads(last.body)["detail"]
    assert (last.action, detail["stream"], detail["readings"]) == ("source.loss_believed", "hour", LOSS_BELIEVED_AFTER)


async def test_a_sudden_loss_is_not_believed_until_the_provider_insists(feed: Feed) -> None:
    await feed.poll()
    feed.reports.rows = {MINUTE: feed.reports.rows[MINUTE][:1]}
    for _ in range(LOSS_BELIEVED_AFTER):
        assert "no longer reports 50%" in (await feed.poll(after_s=60) or "")
        assert feed.spent() == 30_000_000
    assert await feed.poll(after_s=60) is None
    assert feed.spent() == 15_000_000
    with feed.database.read() as tx:
        assert audit.entries(tx, limit=1)[0].action == "source.loss_believed"


async def test_a_loss_that_passes_leaves_no_trace_in_the_sums(feed: Feed) -> None:
    await feed.poll()
    whole = feed.reports.rows
    feed.reports.rows = {MINUTE: whole[MINUTE][:1]}
    assert await feed.poll() is not None
    feed.reports.rows = whole
    assert await feed.poll() is None
    assert feed.spent() == 30_000_000


async def test_a_refused_credential_is_tried_at_once_when_a_person_polls(feed: Feed) -> None:
    feed.reports.fault = lambda asked: error_reply(401, "authentication_error", "invalid x-api-key")
    assert "refused" in (await feed.poll() or "")
    feed.reports.fault = lambda asked: None
    assert "backed off" in (await feed.poll() or "")
    assert await feed.poll(mended=True) is None


async def test_a_person_cannot_poll_over_what_the_provider_asked_to_wait(feed: Feed) -> None:
    feed.reports.fault = lambda asked: error_reply(429, "rate_limit_error", "slow down", retry_after="900")
    assert await feed.poll() is not None
    feed.reports.fault = lambda asked: None
    assert "backed off" in (await feed.poll(mended=True) or "")


async def test_a_process_that_slept_while_another_took_the_lead_puts_back_no_old_reading(feed: Feed) -> None:
    with feed.database.write() as tx:
        sleeper = leases.acquire(tx, "engine", "sleeper", NOW)
        assert sleeper is not None
        before = "engine", sleeper.fencing
    assert await feed.poll(held=before) is None
    with feed.database.write() as tx:
        other = leases.acquire(tx, "engine", "other", NOW + timedelta(hours=1))
        assert other is not None
        after = "engine", other.fencing
    old = feed.reports.rows
    more = usage_result(api_key_id="c", model="claude-sonnet-4-6", output_tokens=1_000_000)
    feed.reports.rows = {MINUTE: [*old[MINUTE], more]}
    assert await feed.poll(held=after) is None
    assert feed.spent() == 45_000_000
    newer = feed.stream()
    feed.reports.rows = old
    with pytest.raises(Overtaken, match="another process leads"):
        await feed.poll(held=before)
    assert feed.spent() == 45_000_000
    assert feed.stream() == newer


async def test_nor_does_it_write_down_that_it_failed(feed: Feed) -> None:
    feed.reports.fault = lambda asked: error_reply(500, "api_error", "down")
    with pytest.raises(Overtaken):
        await feed.poll(held=("engine", 1))
    assert feed.stream().error is None


def skew(feed: Feed) -> float:
    seen = feed.stream().clock_skew_s
    assert seen is not None
    return round(seen)


async def test_the_clocks_are_compared_by_the_middle_of_the_last_twenty_answers(feed: Feed) -> None:
    for _ in range(3):
        await feed.poll()
    feed.provider_ahead_s = 3600
    await feed.poll()
    assert skew(feed) == 0
    for _ in range(20):
        await feed.poll()
    assert skew(feed) == 3600


async def test_the_answers_of_an_earlier_process_count_too(feed: Feed) -> None:
    for _ in range(3):
        await feed.poll()
    feed.provider_ahead_s = 600
    await feed.intake.source.close()
    feed.connect(str(feed.intake.settings.base_url))
    await feed.poll()
    assert skew(feed) == 0


async def test_an_answer_that_took_long_says_nothing_of_the_time(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    await feed.poll()
    monkeypatch.setattr(asking, "PROMPT_S", 0.0)
    feed.provider_ahead_s = 3600
    for _ in range(25):
        await feed.poll()
    assert skew(feed) == 0


async def test_a_backfill_of_minutes_does_not_make_the_clock_look_wrong(feed: Feed) -> None:
    """Each answer is compared with the time at which it came, not with the time at which the poll began."""
    feed.seconds_an_answer = 70
    await feed.poll()
    assert feed.clock.now() - NOW >= timedelta(seconds=120 + 2 * 70)
    assert skew(feed) == 0


async def test_a_nearly_full_disk_is_kept_for_kills_and_takes_in_no_usage(tmp_path: Path) -> None:
    with small_disk(tmp_path, 100) as disk:
        feed = Feed(fresh_database(disk), Reports())
        with serving(feed.answer) as server:
            feed.connect(server.url)
            fill(disk, leave=49 * 2**20)
            assert "below 50 it is kept for kills" in (await feed.poll() or "")
            assert server.asked == []
            await feed.intake.source.close()
        feed.database.close()


async def test_the_minutes_of_past_days_follow_at_the_next_polls_and_change_no_figure(feed: Feed) -> None:
    """What was read by the hour stands; the minutes beneath it are there for whoever needs them."""
    row, past = feed.reports.rows[MINUTE][0], (MINUTE - 30 * 3600) // 3600 * 3600
    feed.reports.rows = {**feed.reports.rows, past: [row]}
    feed.intake.settings = replace(feed.intake.settings, backfill_days=3)
    await feed.poll()
    known = [feed.known_from()]
    spent = feed.whole()
    for _ in range(2):
        await feed.poll()
        known.append(feed.known_from())
    assert known[0] - known[1] == 1440
    assert known[1] == known[2]
    assert feed.whole() == spent
    with feed.database.read() as tx:
        counted = [each.output for each in minutes.minute_counts(tx, 0, MINUTE // 60)]
    assert counted == [1_000_000]
