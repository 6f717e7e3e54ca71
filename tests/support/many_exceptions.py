"""Two years of exceptions over thousands of workloads, filled by SQL itself: most are closed, a share still stands."""

from __future__ import annotations

from sqlmodel import Session

from store.tables.types import microseconds
from tests.support.long_history import NOW
from tests.support.many_workloads import slug

KINDS = (("drift", "drift: model"), ("alert", "alert: burn"), ("trip", "trip: signs"), ("drift", "drift: depth"),
         ("alert", "alert: runaway"), ("finding", "finding: Cached Timestamp"), ("variance", "variance: spend"),
         ("drift", "drift: owner"), ("alert", "alert: signs"), ("drift", "drift: review topology"))
DAY = 86_400_000_000
YEARS = 730
_WHY = "Trial agreed with the owner until the evaluation is in; see the minutes of the architecture board. " * 2


def fill(tx: Session, workloads: int, count: int, standing: int) -> None:
    """So many exceptions, the newest `standing` of which are not closed: half of these decided."""
    now, rows, decisions, sightings = microseconds(NOW), [], [], []
    for number in range(1, count + 1):
        origin, kind = KINDS[number % len(KINDS)]
        opened = now - (count - number) * YEARS * DAY // count
        stands = number > count - standing
        decided = number % 2 == 0 or not stands
        closed = None if stands else min(opened + number % 50 * DAY, now)
        rows.append((number, slug(number * 7 % workloads), origin, kind, f"subject-{number % 5}",
                     "closed" if closed else "decided" if decided else "open", opened, opened, 2, "",
                     closed, "MBOM, Charter and usage agree again" if closed else "",
                     f"claude-opus-4-6 is used, {number}.00 USD this month; Charter v1 commits to claude-sonnet-4-6",
                     "Take it away, or revise the Charter.", "Charter v1, tram.models: claude-sonnet-4-6",
                     None if number % 4 == 0 else number * 1000, 1,
                     '{"from":"claude-sonnet-4-6","to":"claude-opus-4-6","USD this month":"1,234.56"}',
                     number if decided else None))
        sightings += [(number, opened, "opened"), (number, opened + DAY // 2, "again")]
        if decided:
            decisions.append((number, number, "dismissed", _WHY, "token_architect", "maria", opened + DAY // 4, 1))
    connection = tx.connection()
    connection.exec_driver_sql(
        "INSERT INTO charter_exception (id, workload, origin, kind, subject, state, opened_at, last_seen_at, times, "
        "reopened_why, closed_at, closed_why, summary, advice, charter_line, stake_microusd, degree, evidence, "
        f"decision) VALUES ({', '.join('?' * 19)})", rows)
    connection.exec_driver_sql(
        "INSERT INTO exception_decision (id, exception, verdict, rationale, role, decided_by, decided_at, degree) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", decisions)
    connection.exec_driver_sql("INSERT INTO exception_sighting (exception, at, what) VALUES (?, ?, ?)", sightings)
