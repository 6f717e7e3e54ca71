"""A desk with one workload whose key lives on a simulated provider: everything that a kill needs, for real."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from console.cadences.facts import Facts
from console.charters import signing
from console.charters.document import canonical
from console.charters.parsing import parse
from console.charters.signing import content_hash
from console.charters.terms import Terms, terms_of
from console.clock import ManualClock
from console.config import Approvals, BreakerSettings, Config, Operator, Organisation, SourceSettings
from console.operations.desk import Desk
from console.watch.rules.rule import Signal
from store import audit, incidents, registry, streams, usage
from store.database import Database
from store.tables import AuditEntry, Charter, CharterSignature, Intent, Step
from tests.support import aws
from tests.support.charters import edited
from tests.support.facts import facts
from tests.support.key_server import KILL_SECRET

NIGHT = datetime(2026, 11, 23, 2, 14, tzinfo=UTC)
SLUG = "claims-triage"
KEY, OTHER_KEY = "apikey_01Claims", "apikey_01Second"
AWS_SECRET = "aws-kill-secret"
"""The file of that secret; where it lies, the source is Bedrock."""

TERMS = terms_of(parse(edited(), "claims-triage"))
"""What the sound Charter commits to."""

SIGNAL = Signal(rule="cap", window="month", severity="critical", active=True, clears=False, trips=True,
                summary="$21,000.00 this month; the cap is $20,000.00",
                charter_line="Charter v1, scenarios.runaway: kill at $20,000.00")
"""What a Charter orders a kill for."""

_opened: list[Desk] = []


class TickingClock(ManualClock):
    """Moves by a millisecond whenever it is read: no two things happen at once."""

    def now(self) -> datetime:
        self.advance(0.001)
        return super().now()


def entry(slug: str = SLUG, *keys: str, usage: Sequence[str] | None = None) -> dict[str, object]:
    """An MBOM entry whose switches are these keys (one, by default)."""
    named = keys or (KEY,)
    return {
        "slug": slug, "name": slug.replace("-", " ").capitalize(), "environment": "production", "status": "live",
        "usage": [{"source": "anthropic", "api_key_id": key} for key in (usage if usage is not None else named)],
        "switches": [{"kind": "anthropic-api-key", "source": "anthropic", "target": key} for key in named],
    }


def staged(*later: str, after: str | None = "10m") -> dict[str, object]:
    """An entry whose first key is stage 1 of a kill, and the later ones a stage each."""
    made = entry(SLUG, KEY, *later, usage=[KEY])
    wait = {"after": after} if after else {}
    for stage, switch in enumerate(cast("list[dict[str, object]]", made["switches"])[1:], start=2):
        switch |= {"stage": stage, **wait}
    return made


def known(desk: Desk, **changes: object) -> Facts:
    """Where the workload stands now, by data of two minutes ago and the Charter of `TERMS`."""
    now = desk.clock.now()
    usual = facts(terms=TERMS, at=now, data_until=now - timedelta(minutes=2),
                  month_start=now.replace(day=1, hour=0, minute=0, second=0, microsecond=0))
    return replace(usual, **changes)  # type: ignore[arg-type]


def config(url: str, folder: Path, *, two_person: bool = False, breaker: BreakerSettings | None = None) -> Config:
    """Settings with one Anthropic source at this address, and the kill secret in a file that only we may read."""
    secret = folder / "kill-secret"
    secret.write_text(KILL_SECRET)
    secret.chmod(0o600)
    return Config(
        path=folder / "token-console.toml", organisation=Organisation("Example Ltd"),
        database_url=f"sqlite:///{folder / 'console.db'}",
        operators=(Operator("maria", ("token_architect",)), Operator("anna", ("business_owner",)),
                   Operator("paul", ("platform_lead",)), Operator("otto", ("on_call",))),
        sources=(SourceSettings("anthropic", "anthropic", secret="env:NOT_USED_HERE", kill_secret=f"file:{secret}",
                                base_url=url),),
        breaker=breaker or BreakerSettings(act_deadline_s=2.0), approvals=Approvals(two_person=two_person),
    )


def aws_config(url: str, folder: Path) -> Config:
    """The same with one Bedrock source, whose kill secret is an AWS key."""
    secret = folder / AWS_SECRET
    secret.write_text(aws.SECRET)
    secret.chmod(0o600)
    source = replace(aws.settings(url), secret=None, kill_secret=f"file:{secret}")
    return replace(config(url, folder), sources=(source,))


def kill_desk(settings: Config, *entries: dict[str, object], at: datetime = NIGHT) -> Desk:
    """A desk over a new database that holds these MBOM entries, on a clock that moves only by sleeping."""
    database = Database.create(settings.database_url)
    with database.write() as tx:
        for each in entries or (entry(),):
            registry.put_workload(tx, each, by="maria", at=at)
    desk = Desk(settings, database, TickingClock(at))
    _opened.append(desk)
    return desk


async def close_desks() -> None:
    """Close every desk that was made since the last time."""
    while _opened:
        desk = _opened.pop()
        if desk.automatic is not None:
            await desk.automatic.drain(5)
        desk.database.close()


def signed_terms(desk: Desk, *changes: tuple[str, str], slug: str = SLUG) -> Terms:
    """Put the sound Charter, changed like this, into force for the workload. Returns what it commits to."""
    document = parse(edited(('workload = "claims-triage"', f'workload = "{slug}"'), *changes), slug)
    now, hash_ = desk.clock.now(), content_hash(document)
    with desk.database.write() as tx:
        for older in registry.charters(tx, slug):
            older.state = signing.SUPERSEDED
            registry.put_charter(tx, older)
        registry.put_charter(tx, Charter(
            workload=slug, version=document.charter.version, state=signing.SIGNED, content_hash=hash_, text="",
            document=canonical(document), imported_at=now, imported_by="maria", signed_at=now))
        for role in signing.required_roles(document.charter.domain):
            registry.add_signature(tx, CharterSignature(
                workload=slug, version=document.charter.version, role=role, content_hash=hash_, signed_by=role,
                signed_at=now))
    return terms_of(document)


def with_two_persons(settings: Config) -> Config:
    return replace(settings, approvals=Approvals(two_person=True))


def breaker_state(desk: Desk, slug: str = SLUG) -> str:
    with desk.database.read() as tx:
        row = incidents.breaker(tx, slug)
    return "armed" if row is None else row.state


def intents_of(desk: Desk, slug: str = SLUG) -> list[Intent]:
    """Newest first."""
    with desk.database.read() as tx:
        return incidents.intents(tx, slug, 50)


def steps_of(desk: Desk, intent: str) -> list[Step]:
    with desk.database.read() as tx:
        return incidents.steps(tx, intent)


def entries_of(desk: Desk) -> list[AuditEntry]:
    """The audit log, oldest first."""
    with desk.database.read() as tx:
        return audit.entries(tx, limit=1000)[::-1]


def actions(desk: Desk) -> list[str]:
    return [each.action for each in entries_of(desk)]


def detail(each: AuditEntry) -> dict[str, object]:
    document = json.loads(each.body)
    found = document.get("detail", document)
    assert isinstance(found, dict)
    return found


def is_in_files(text: str, folder: Path, pattern: str) -> bool:
    """Whether any file of this name holds the text."""
    return any(text.encode() in file.read_bytes() for file in folder.glob(pattern))


def spend(desk: Desk, dollars_by_minute: Mapping[int, int], *, slug: str = SLUG, key: str = KEY) -> None:
    """Store usage of so many dollars in each minute (seconds since 1970) as one whole reading of those minutes."""
    dimensions = json.dumps({"api_key_id": key, "model": "claude-sonnet-4-6"}, sort_keys=True, separators=(",", ":"))
    start, end = min(dollars_by_minute), max(dollars_by_minute) + 60
    with desk.database.write() as tx:
        number = usage.series_ids(tx, "anthropic", [dimensions], start)[dimensions]
        usage.set_workloads(tx, {number: slug})
        fetch = usage.begin_fetch(tx, source="anthropic", stream="usage", start=start, end=end, width=60,
                                  at=desk.clock.now())
        rows = [(minute, 60, number, 100, 0, 0, 0, 10, 0, None, dollars * 1_000_000, 0)
                for minute, dollars in dollars_by_minute.items()]
        assert fetch.id is not None
        usage.replace_window(tx, source="anthropic", start=start, end=end, width=60, rows=rows, fetch=fetch.id,
                             seen_at=desk.clock.now())


def read_until(desk: Desk, end: int) -> None:
    """Say that the feed is complete up to here."""
    with desk.database.write() as tx:
        stream = streams.get(tx, "anthropic", "usage")
        stream.watermark = end
        tx.add(stream)
