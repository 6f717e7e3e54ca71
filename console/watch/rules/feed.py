"""A source that went silent, refuses the credential, or disagrees about the time: each is an alert of its own."""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences.feed import SKEW_STOP_S, SKEW_WARN_S, Feed
from console.reference import Reference, parse_reference
from console.watch.rules.rule import Signal

NAME = "feed"
CRITICAL_AFTER = 5
"""Times the freshness limit after which silence is critical."""


def judge(feed: Feed) -> Iterator[Signal]:
    """Silence, in two severities, a clock that disagrees, and a credential that is refused."""
    age = feed.age_s
    silent = age is None or age > feed.limit_s
    nobody = feed.push and not feed.error  # a quiet night, or a broken way: nobody can tell
    long = age is not None and age > CRITICAL_AFTER * feed.limit_s and not nobody
    severity = "critical" if long else "warning"
    refused = bool(feed.error and feed.error.startswith("unauthorised"))
    cause = ": its credential is refused" if refused else f": {_said(feed)}" if feed.error else ""
    since = ("has never been read whole" if age is None else "was told nothing for over half an hour" if nobody
             else f"has told nothing for {age / 60:.0f} min")
    yield Signal(
        rule=NAME, window="silence", severity=severity, active=silent and (age is not None or feed.error is not None),
        clears=not silent, summary=f"{feed.name} {since}{cause}",
        advice="Nothing is killed on stale data. " + ("Look whether its senders still send." if nobody else
               "token-console doctor says what is wrong with the source."),
        figures={"age_s": "" if age is None else f"{age:.0f}", "limit_s": f"{feed.limit_s:.0f}"}, keep_s=0.0,
    )
    yield Signal(
        rule=NAME, window="credential", severity="critical", active=refused, clears=not refused,
        # The first sentence only: what the source says beyond it is advice that fits no place in particular.
        summary=f"{feed.name}: {_said(feed).partition('. ')[0]}" if refused else f"{feed.name} accepts its credential",
        advice=_mended(parse_reference(feed.secret) if feed.secret else None), keep_s=0.0,
    )
    yield Signal(
        rule=NAME, window="clock", severity="error" if abs(feed.skew_s) >= SKEW_STOP_S else "warning",
        active=abs(feed.skew_s) >= SKEW_WARN_S, clears=abs(feed.skew_s) < SKEW_WARN_S,
        summary=f"this machine's clock and {feed.name}'s differ by {abs(feed.skew_s):.0f} s",
        advice="Let this machine follow a time server; above 300 s nothing is killed automatically.", keep_s=0.0,
    )


def _said(feed: Feed) -> str:
    """What the source said, once: without the class of the failure, and without its own name again."""
    _, _, said = (feed.error or "").partition(": ")
    return (said or feed.error or "").removeprefix(f"{feed.name}: ")


def _mended(place: Reference | None) -> str:
    """What a person does where the secret is kept."""
    if place is None:
        return "Renew what the machine itself works with at the provider; token-console doctor says what is refused."
    match place.scheme:
        case "env":
            return (f"Put a valid admin key into {place.name} where the console is started, and start it again "
                    f"(read -rs {place.name} && export {place.name}).")
        case "cred":
            return f"Give the service a valid credential {place.name} (LoadCredential=), and restart it."
        case "file":
            where = f"Write a valid admin key to {place.name}"
        case "command":
            where = f"Let {place.name} print a valid admin key"
        case _:
            where = f"Store a valid admin key: token-console secret set {place.name}"
    return f"{where}, then press r in the console, or wait for the next poll."
