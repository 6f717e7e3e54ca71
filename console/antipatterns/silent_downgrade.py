"""9, Silent Downgrade: the review that runs is weaker than the one that was signed (playbook sections 6 and 8).

The comparison is drift's, and so is the exception (`drift: review topology`), which is there within a minute of the
change: one matter, one exception.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.antipatterns.finding import Detector, Finding, NotEnough, Verdict
from console.antipatterns.telemetry import Telemetry
from console.charters.production import weakened

NAME = "Silent Downgrade"
STANDS_AS = "drift: review topology"
ANSWERS = ("who", "what", "when", "authority")


def look(seen: Telemetry) -> Verdict:
    """One finding for all answers that are weaker."""
    if seen.charter is None:
        return NotEnough("a signed Charter: there is no review topology to compare with")
    runs = seen.entry.get("review")
    if not isinstance(runs, Mapping) or not any(runs.get(answer) for answer in ANSWERS):
        return NotEnough("the review as it runs in production: its MBOM entry says it under review (who, what, when, "
                         "authority)")
    signed = seen.charter.review
    weaker = weakened(runs, signed)
    if not weaker:
        return ()
    said = ", ".join(f"{answer} {each.signed} → {each.runs}" for answer, each in weaker.items())
    return (Finding(
        NAME, seen.workload,
        f"the review that runs is weaker than the one signed: {said}; what its errors cost is not in the Charter, so "
        "the dollars cannot be told",
        seen.start, seen.end, tuple((answer, f"{each.signed} → {each.runs}") for answer, each in weaker.items()),
        tuple((("answer", answer), ("signed", each.signed), ("runs", each.runs), ("steps weaker", str(each.steps)))
              for answer, each in weaker.items()), None, None, "high",
        "Restore the review that was signed, or have the weaker one signed by owner and risk officer; `token-console "
        "lab review` has what it must catch to be worth its cost.",
        degree=sum(each.steps for each in weaker.values()),
        charter_line=f"Charter v{seen.charter.charter.version}, review: {signed.what}, {signed.when}, "
                     f"{signed.authority}", stands_as=STANDS_AS),)


DETECTOR = Detector(9, NAME, "the review that runs is weaker than the one that was signed",
                    "a signed Charter, and the review in the MBOM", look, by_entry=True)
