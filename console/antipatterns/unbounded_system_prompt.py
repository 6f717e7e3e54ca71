"""6, Unbounded System Prompt: one of 15,000 tokens or more, or grown since its last review (playbook section 8).

    waste a month = tokens over the limit x calls a month x what a token of the prompt costs this workload

A token of the prompt costs what the workload's mix of cache reads, writes and uncached input makes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from console.antipatterns.finding import (
    MOST_ROWS,
    Confidence,
    Detector,
    Figures,
    Finding,
    NotEnough,
    Stake,
    Verdict,
    monthly,
)
from console.antipatterns.prompt_price import PromptPrice, calls_of, prompt_price
from console.antipatterns.telemetry import Telemetry
from console.money import MICRO, display
from console.prompts.findings import GROWTH, SIZE, UNBOUNDED, PromptFinding, base_of, of_prompt, reviewed_on, tokens
from console.prompts.version import SYSTEM, Prompt, Version, short

NAME = "Unbounded System Prompt"
_OFF = Fraction(5, 4)
"""By so much an estimated size may be wrong, either way."""
_FIX = "Move what only some calls need into Skills or retrieval, and gate each change of it by an evaluation."


@dataclass(frozen=True, slots=True)
class _Excess:
    """Tokens a call that a healthy prompt would not have."""

    low: Fraction
    likely: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class _Calls:
    """How many calls there were."""

    low: Fraction
    likely: Fraction
    high: Fraction
    said: str


def look(seen: Telemetry) -> Verdict:
    """A finding for each system prompt."""
    known = [(prompt, prompt.present) for prompt in seen.prompts if prompt.kind == SYSTEM and prompt.present]
    read = [(prompt, present) for prompt, present in known if present and not present.unread]
    if not read:
        stated = _as_stated(seen)
        gone = not known and any(prompt.kind == SYSTEM for prompt in seen.prompts)  # all went out of use
        return () if gone and isinstance(stated, NotEnough) else stated
    paths = Counter(prompt.path for prompt, _ in read)
    return tuple(found for prompt, present in read for found in _of_prompt(
        seen, prompt, present, prompt.path if paths[prompt.path] == 1 else f"{prompt.path} of {prompt.repository}"))


def _as_stated(seen: Telemetry) -> Verdict:
    """By what the MBOM entry says of its size, where no scan read the prompt."""
    said = seen.entry.get("prompt")
    size = said.get("tokens") if isinstance(said, dict) else None
    if not isinstance(size, int):
        return NotEnough("its system prompt: token-console prompts scan PATH reads it from git, or the MBOM entry "
                         "states its tokens")
    if size < UNBOUNDED:
        return ()
    over = Fraction(size - UNBOUNDED)
    figures = (("size", f"{size:,} tokens, as the MBOM entry states"), ("limit", f"{UNBOUNDED:,} tokens"))
    summary = f"the system prompt has {size:,} tokens by its MBOM entry, and {UNBOUNDED:,} are unbounded"
    return (_finding(seen, "", summary, figures, (), _Excess(over, over, over), size, "medium"),)


def _of_prompt(seen: Telemetry, prompt: Prompt, present: Version, subject: str) -> Iterator[Finding]:
    reviewed_at = reviewed_on(seen.entry)
    found = [each for each in of_prompt(prompt, reviewed_at) if each.kind in (SIZE, GROWTH)]
    size = prompt.size(present)
    if not found or size is None:
        return
    base = base_of(prompt, reviewed_at)
    grown = prompt.growth(present, base[0]) if base else None
    estimated = present.tokens is None
    figures = (("where", f"{prompt.path}:{found[0].line}"), ("size", tokens(prompt, present)),
               ("limit", f"{UNBOUNDED:,} tokens"),
               *((("since its last review", f"{grown:+,} tokens"),) if grown is not None else ()))
    rows = tuple(_row(prompt, version) for version in prompt.versions[:MOST_ROWS])
    yield _finding(seen, subject, _summary(found), figures, rows, _excess(size, grown, estimated), size,
                   _confidence(size, estimated))


def _summary(found: list[PromptFinding]) -> str:
    """`the system prompt has …, and has grown …`."""
    return ", and ".join([found[0].summary, *(each.summary.removeprefix("the system prompt ") for each in found[1:])])


def _excess(size: int, grown: int | None, estimated: bool) -> _Excess:
    """What is over the limit; below it, what was added since the last review, of which all or nothing may be waste."""
    off = _OFF if estimated else Fraction(1)
    low, likely, high = (max(Fraction(0), each - UNBOUNDED) for each in (size / off, Fraction(size), size * off))
    since = max(Fraction(0), Fraction(grown or 0))
    if size < UNBOUNDED:
        return _Excess(Fraction(0), since, since * off)
    return _Excess(low, likely, max(high, since))


def _confidence(size: int, estimated: bool) -> Confidence:
    if not estimated:
        return "high"
    return "low" if size < UNBOUNDED * _OFF else "medium"


def _finding(seen: Telemetry, subject: str, summary: str, figures: Figures, rows: tuple[Figures, ...],
             excess: _Excess, size: int, confidence: Confidence) -> Finding:
    calls, price = _calls(seen, size), prompt_price(seen, size)
    if calls is None or price is None:
        why = "the source does not count calls" if price is not None else "no usage of it is known"
        return Finding(NAME, seen.workload, f"{summary}; what that costs is not known, because {why}", seen.start,
                       seen.end, figures, rows, None, None, confidence, _FIX, subject, size // UNBOUNDED)
    wasted = excess.likely * calls.likely * price.likely
    stake = _stake(seen, excess, calls, price)
    paid = (("calls", calls.said),
            ("paid", f"{display(round(price.likely * MICRO))} USD for a million tokens of the prompt"))
    sure = confidence if calls.low == calls.high else "low"
    return Finding(NAME, seen.workload, f"{summary}; {display(stake.likely)} USD a month", seen.start, seen.end,
                   (*figures, *paid), rows, round(wasted), stake, sure, _FIX, subject, size // UNBOUNDED)


def _calls(seen: Telemetry, size: int) -> _Calls | None:
    """Where nobody counts them: each had the whole prompt, so there were at most as many as its tokens go into the
    input; and at least half of that, where the prompt is so large that the rest of a call is no larger. None where
    neither can be said."""
    counted = calls_of(seen)
    if counted is not None:
        return _Calls(Fraction(counted), Fraction(counted), Fraction(counted), f"{counted:,}")
    most = Fraction(sum(day.uncached + day.written + day.read for day in seen.days), size)
    if size < UNBOUNDED or not most:
        return None
    return _Calls(most / 2, most * Fraction(3, 4), most, f"{int(most / 2):,} to {int(most):,}, by the tokens of input: "
                                                         "the source does not count them")


def _stake(seen: Telemetry, excess: _Excess, calls: _Calls, price: PromptPrice) -> Stake:
    seconds = (seen.end - seen.start).total_seconds()
    return Stake(*(monthly(round(each), seconds) for each in (
        excess.low * calls.low * price.low, excess.likely * calls.likely * price.likely,
        excess.high * calls.high * price.high)))


def _row(prompt: Prompt, version: Version) -> Figures:
    growth = prompt.growth(version)
    return (("commit", short(version.commit)), ("at", f"{version.at:%Y-%m-%d}"), ("author", version.author or "?"),
            ("size", tokens(prompt, version)), ("growth", "?" if growth is None else f"{growth:+,}"),
            ("gate", version.gate.result if version.gate else "none"))


DETECTOR = Detector(6, NAME, "a system prompt of 15,000 tokens or more, or grown since its last review",
                    "prompts read from git (token-console prompts scan), or prompt.tokens of the MBOM entry", look)
