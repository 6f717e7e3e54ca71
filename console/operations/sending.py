"""The week's digest to people: queued for every configured channel, once a week and channel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from console.cadences.week.reading import read_weekly
from console.cadences.weekly import Weekly
from console.config import Config
from console.errors import NotPermitted, UsageError
from console.operations import gate
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.reporting import stated
from console.reports import markdown
from console.reports.weekly_digest import digest_of, title
from store import audit, incidents
from store.tables import OutboxMessage

MOST = 12_000
"""Characters of a message: what chat services take at most, with some to spare."""


@dataclass(frozen=True, slots=True)
class Sent:
    queued: tuple[str, ...]
    already: tuple[str, ...]
    """Channels that had this week's digest before."""

    @property
    def says(self) -> str:
        parts = [f"Queued for {', '.join(self.queued)}; the console that watches sends it."] if self.queued else []
        parts += [f"{', '.join(self.already)} had this week's digest already."] if self.already else []
        return " ".join(parts)


async def digest(desk: Desk, actor: Actor, *, at: datetime | None = None) -> str:
    """The digest of the week that holds `at`, as Markdown."""
    def read(tx: Session) -> str:
        return _markdown(tx, desk.config, read_weekly(tx, desk.config, at or desk.clock.now()))

    return await gate.read(desk, read)


async def send_weekly(desk: Desk, actor: Actor, *, at: datetime | None = None) -> Sent:
    """Queue the digest of the week that holds `at`. Raises UsageError where no channel is configured."""
    if desk.read_only:
        raise NotPermitted("This console is read-only, so it will not send anything. Start it without --read-only.")
    await asyncio.to_thread(gate.permitted, desk, actor, "send_weekly", "weekly")
    if not desk.config.notifications:
        raise UsageError("No channel is configured, so nothing can be sent. Add a [[notifications]] table to the "
                         "configuration, or print it: token-console weekly --digest")

    def write(tx: Session) -> Sent:
        now = desk.clock.now()
        week = read_weekly(tx, desk.config, at or now)
        subject = f"weekly:{week.week_start.astimezone(ZoneInfo(week.time_zone)):%Y-%m-%d}"
        text = _markdown(tx, desk.config, week)
        body = text if len(text) <= MOST else f"{text[:MOST].rsplit(chr(10), 1)[0]}\n\nThe rest: token-console weekly\n"
        queued = {channel.name: incidents.enqueue(tx, OutboxMessage(
            subject=subject, transition=1, channel=channel.name, severity="info", title=title(week), body=body,
            created_at=now, next_attempt_at=now)) for channel in desk.config.notifications}
        done = Sent(tuple(name for name, new in queued.items() if new),
                    tuple(name for name, new in queued.items() if not new))
        if done.queued:
            audit.append(tx, at=now, actor=actor.user, action="weekly.sent", object=subject,
                         detail={"channels": list(done.queued), "title": title(week)})
        return done

    return await gate.write(desk, write)


def _markdown(tx: Session, config: Config, week: Weekly) -> str:
    return markdown.render(stated(tx, config, digest_of(week))).decode()
