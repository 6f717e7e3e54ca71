"""The MBOM as management reads it: what each entry says, and its Charter in force, in one row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from console.charters import signing
from console.charters.document import CharterDocument, Review, from_canonical
from console.figures import percent
from console.reports.mbom import MbomRow
from store import registry


def management_rows(tx: Session, reviewed: Mapping[str, datetime | None], time_zone: str) -> tuple[MbomRow, ...]:
    """Every entry that is not retired; `reviewed`: when each was last reviewed, by slug, beside what the entry says."""
    charters = {slug: document for slug, content_hash, stored in registry.signed_charters(tx)
                if (document := _understood(content_hash, stored)) is not None}
    return tuple(_row(entry.entry, charters.get(entry.slug), reviewed.get(entry.slug), time_zone)
                 for entry in registry.workloads(tx) if entry.status != "retired")


def _understood(content_hash: str, stored: str) -> CharterDocument | None:
    """A Charter as it was signed; None where its content is not what its hash says."""
    try:
        written = signing.genuine(content_hash, stored)
        return None if written is None else from_canonical(written)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _row(entry: Mapping[str, Any], charter: CharterDocument | None, reviewed: datetime | None,
         time_zone: str) -> MbomRow:
    """The Charter says how it is to be; the entry only what the Charter does not."""
    tram = charter.tram if charter else None
    return MbomRow(
        slug=str(entry["slug"]), status=str(entry.get("status", "live")), owner=str(entry.get("business_owner", "")),
        tier=str(entry.get("tier", "")), architecture=_architecture(entry), review=_review(entry, charter),
        kill_criteria=_criteria(entry, charter), cell=f"{tram.cost_variance} x {tram.output_variance}" if tram else "",
        charter=f"version {charter.charter.version}" if charter else "",
        last_review=reviewed or _day(entry.get("last_review"), time_zone))


def _architecture(entry: Mapping[str, Any]) -> str:
    caps = [f"{name} {entry[key]}" for name, key in (("depth", "depth_cap"), ("fan-out", "fan_out_cap"))
            if key in entry]
    return ", ".join(filter(None, (str(entry.get("architecture", "")), *caps)))


def _review(entry: Mapping[str, Any], charter: CharterDocument | None) -> str:
    if charter is not None:
        return _topology(charter.review)
    review = entry.get("review", {})
    return ", ".join(str(review[key]) for key in ("what", "when", "authority", "who") if key in review)


def _topology(review: Review) -> str:
    share = f" of {percent(review.sample_share, 0)}" if review.sample_share is not None else ""
    return f"{review.what}{share}, {review.when}, {review.authority}, by {review.who}"


def _criteria(entry: Mapping[str, Any], charter: CharterDocument | None) -> tuple[str, ...]:
    if charter is not None:
        return tuple(f"{each.line}: {each.action}{', automatic' if each.automatic else ''}"
                     for each in charter.kill_criteria)
    return tuple(_stated(each) for each in entry.get("kill_criteria", ()))


def _stated(criterion: Mapping[str, Any]) -> str:
    comparison = "below" if "below" in criterion else "above"
    return (f"{criterion.get('metric')} {comparison} {criterion.get(comparison)} over {criterion.get('window')}: "
            f"{criterion.get('action')}")


def _day(text: object, time_zone: str) -> datetime | None:
    """A day of the entry as an instant of the organisation's day."""
    try:
        day = datetime.fromisoformat(str(text)).date()
    except ValueError:
        return None
    return datetime.combine(day, time(12), ZoneInfo(time_zone))
