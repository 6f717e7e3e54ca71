"""The fields of providers' answers, each checked for what it must be; what is not is named, with its bucket.

Every function raises UnusableError. `bucket` is the bucket's start, or None where a field belongs to none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.clock import epoch, from_epoch, parse_rfc3339, rfc3339
from console.text import clean

_MOST_TOKENS = 10**13
"""Of one class, one series and one bucket: a thousand times what any organisation has used in a day."""
_LONGEST_VALUE = 1024
_FAR_FUTURE = 253_402_300_800
"""The year 10000, in seconds since 1970."""


class UnusableError(ValueError):
    """An answer that arrived whole and does not say what it should. The message names the field and the bucket."""


def mapping(value: object, what: str, bucket: int | None) -> dict[str, Any]:
    """A JSON object; `what` names it in the message."""
    if not isinstance(value, dict):
        raise UnusableError(f"{what}{_of(bucket)} is {shown(value)} instead of an object")
    return value


def listing(answer: dict[str, Any], name: str, bucket: int | None) -> list[Any]:
    """The list in a field."""
    value = answer.get(name)
    if not isinstance(value, list):
        raise UnusableError(f"{name}{_of(bucket)} is {shown(value)} instead of a list")
    return value


def objects(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list that is absent, or null, where it would be empty."""
    value = answer.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise UnusableError(f"{name} is {shown(value)} instead of a list of objects")
    return value


def has_more(answer: dict[str, Any]) -> bool:
    """Whether another page follows; not to say it is not to say no."""
    more = answer.get("has_more")
    if not isinstance(more, bool):
        raise UnusableError(f"has_more is {shown(more)}, so nobody knows whether this is all")
    return more


def count_of(row: dict[str, Any], name: str, bucket: int) -> int:
    """A number of tokens or searches: whole, not negative, and not absurd."""
    value = row.get(name)
    if type(value) is not int or not 0 <= value <= _MOST_TOKENS:  # a bool is an int, and no count
        raise UnusableError(f"{name}{_of(bucket)} is {shown(value)} instead of a count")
    return value


def optional_count(row: dict[str, Any], name: str, bucket: int) -> int | None:
    """`count_of`, where the field may be null or absent: None."""
    return None if row.get(name) is None else count_of(row, name, bucket)


def identifier(value: object, name: str, bucket: int) -> str | None:
    """A grouping value, which may be null."""
    if value is None or (isinstance(value, str) and len(value) <= _LONGEST_VALUE):
        return value
    raise UnusableError(f"{name}{_of(bucket)} is {shown(value)} instead of a short text or null")


def required(item: dict[str, Any], name: str) -> str:
    """A text that must be there, and not empty where it is the `id`."""
    value = item.get(name)
    if not isinstance(value, str) or (name == "id" and not 0 < len(value) <= _LONGEST_VALUE):
        raise UnusableError(f"{name} is {shown(value)} instead of a text")
    return value


def instant(bucket: dict[str, Any], name: str) -> int:
    """A whole second, since 1970."""
    value = bucket.get(name)
    try:
        moment = parse_rfc3339(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.microsecond:
        raise UnusableError(f"{name} of a bucket is {shown(value)} instead of a time such as 2026-11-23T14:05:00Z")
    return epoch(moment)


def second(bucket: dict[str, Any], name: str) -> int:
    """Seconds since 1970, as a whole number that is a time."""
    value = bucket.get(name)
    if type(value) is not int or not 0 <= value < _FAR_FUTURE:
        raise UnusableError(f"{name} of a bucket is {shown(value)} instead of seconds since 1970")
    return value


def shown(value: object) -> str:
    """A value as a message quotes it: short and harmless."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return "missing" if value is None else clean(str(value)[:400], 60)


def _of(bucket: int | None) -> str:
    return "" if bucket is None else f" of {at(bucket)}"


def at(bucket: int) -> str:
    """A bucket as messages name it."""
    return rfc3339(from_epoch(bucket))
