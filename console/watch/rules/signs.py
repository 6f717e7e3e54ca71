"""The signs of a runaway: some are told of by themselves, and those that stand together kill.

What the signs are, and which of them kill together, is in `console/cadences/signs/`. Here they become alerts: one for
the kill, so that an alert always comes with it, and one for each sign that a person should hear of alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from console.cadences.signs import calls, growth, models, token_mix, verdict
from console.cadences.signs.sign import Kind, Sign
from console.charters.terms import Terms
from console.config import RuleSettings
from console.money import display
from console.watch.rules.rule import Facts, Signal

NAME = "signs"
KILL, OBSERVED = "kill", "observed"
TOLD: dict[str, tuple[str, float, str]] = {
    token_mix.WRITES: ("error", 600.0, "The cached prefix changes at every call: look for a timestamp or an id in it."),
    models.MODEL: ("warning", 0.0, "Ask who uses this model; a planned change can be announced with its end."),
    growth.GROWTH: ("warning", 0.0, "Find what grows before the month is spent; a Charter revision takes days."),
    calls.LOOP: ("error", 0.0, "A caller is stuck: stop it, or kill the workload (K)."),
    calls.DEEP: ("error", 0.0, "Agents start agents past the Charter's caps: stop the root, or kill the workload (K)."),
    calls.GROWING: ("error", 0.0, "Cut the context: a turn cap or a summary. Kill the workload (K) if it cannot wait."),
    calls.COLD: ("error", 0.0, "The cached prefix changes at every call: look for a timestamp or an id in it."),
    calls.DOUBLED: ("warning", 0.0, "Two runners do the same work: stop one of them."),
}
"""Signs that are worth an alert alone: severity, how long they must stay lit (seconds), and what to do."""
KEEP_S = 3600.0


def near(facts: Facts, settings: RuleSettings) -> bool:
    return not verdict.calm(facts, settings.signs, _tightness(facts, settings))


def judge(facts: Facts, settings: RuleSettings) -> Iterator[Signal]:
    """One signal for the kill, and one for each sign that is told of alone."""
    terms = facts.terms
    if terms is None:
        return
    signs = verdict.look(facts, settings.signs, _tightness(facts, settings))
    found = verdict.verdict(signs, terms.observed)
    enforced = found is None or found.enforced
    yield _kill(facts, terms, found if enforced else None)
    if terms.observed:
        yield _observed(terms, None if enforced else found)
    for sign in signs:
        if sign.name in TOLD:
            yield _told(sign, terms)


def _tightness(facts: Facts, settings: RuleSettings) -> float:
    """Lines are drawn tighter while a resumed workload is in probation."""
    return settings.probation_share if facts.probation else 1.0


def _kill(facts: Facts, terms: Terms, found: verdict.Verdict | None) -> Signal:
    automatic = found is not None and terms.automatic
    per_minute = facts.track.spent(3) / 3 if facts.track is not None else 0.0
    veto = f" It waits {terms.veto_s / 60:.0f} min for a no (disarm), which may cost " \
           f"${display(round(per_minute * terms.veto_s / 60))} more." if automatic and terms.veto_s else ""
    return Signal(
        rule=NAME, window=KILL, severity="critical", active=found is not None, clears=found is None,
        summary=_said(found) if found is not None else "no signs that kill are lit",
        charter_line=_runaway_line(terms),
        advice=("The breaker kills for these signs; open the trip sheet." if terms.automatic
                else "The Charter asks a person: decide now whether to kill (K).") + veto,
        figures=_figures(found),
        trips=automatic, veto_s=terms.veto_s,
    )


def _observed(terms: Terms, found: verdict.Verdict | None) -> Signal:
    """Signs that would kill together, one of which the Charter only observes."""
    return Signal(
        rule=NAME, window=OBSERVED, severity="critical", active=found is not None, clears=found is None,
        summary=f"would have been killed for {_said(found)}" if found is not None
        else "no signs that are only observed are lit",
        charter_line=f"Charter v{terms.version}, signs.observe: {', '.join(terms.observed)}",
        advice="The Charter only observes one of these signs: decide now whether to kill (K).",
        figures=_figures(found), observes=found is not None and terms.automatic,
    )


def _said(found: verdict.Verdict) -> str:
    """Which signs, what they are together, and the figure of each."""
    return f"{' and '.join(found.names)} ({found.means}): {found.says}"


def _runaway_line(terms: Terms) -> str:
    return (f"Charter v{terms.version}, scenarios.runaway: {terms.runaway_multiple:g}x of ${display(terms.expected)} "
            "a month")


def _figures(found: verdict.Verdict | None) -> dict[str, str]:
    """Those of the sign of dollars, which the usage rows of the trip sheet add up to, which signs were lit, and what
    each of them said, under its name."""
    if found is None:
        return {}
    spent = next((sign.figures for sign in found.signs if sign.line is not None and sign.kind == Kind.DOLLARS), {})
    return {**spent, "signs": ", ".join(found.names), **{sign.name: sign.says for sign in found.signs}}


def _told(sign: Sign, terms: Terms) -> Signal:
    severity, hold_s, advice = TOLD[sign.name]
    return Signal(
        rule=NAME, window=sign.name, severity=severity, active=sign.lit, clears=sign.share < 0.9,
        summary=f"{sign.name}: {sign.says}", charter_line=_charter_line(sign, terms),
        advice=advice, figures=dict(sign.figures), hold_s=hold_s,
        keep_s=KEEP_S,
    )


def _charter_line(sign: Sign, terms: Terms) -> str:
    if sign.name == models.MODEL:
        return f"Charter v{terms.version}, tram.models: {', '.join(terms.models)}"
    if sign.name == calls.DEEP:
        return f"Charter v{terms.version}, tram: depth_cap {terms.depth_cap}, fan_out_cap {terms.fan_out_cap}"
    return f"Charter v{terms.version}, scenarios.expected: ${display(terms.expected)} a month"
