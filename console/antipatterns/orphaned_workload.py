"""10, Orphaned Workload: spend with no owner, no recent review or no stated purpose (playbook section 8)."""

from __future__ import annotations

from console.antipatterns.finding import Detector, Finding, NotEnough, Stake, Verdict, monthly
from console.antipatterns.telemetry import Telemetry
from console.money import display

NAME = "Orphaned Workload"


def look(seen: Telemetry) -> Verdict:
    """Spend that nobody answers for."""
    if not seen.days:
        return NotEnough("usage: none is known of this workload in the time looked at")
    lacks = list(_lacks(seen))
    if not lacks:
        return ()
    spent = sum(day.cost for day in seen.days)
    a_month = monthly(spent, (seen.end - seen.start).total_seconds())
    return (Finding(
        NAME, seen.workload, f"{display(spent)} USD were spent with {' and '.join(lacks)}",
        seen.start, seen.end, (("spent", f"{display(spent)} USD"), ("lacks", ", ".join(lacks))), (),
        None, Stake(0, a_month, a_month), "high",
        "Name a business owner and a purpose in the MBOM and have a Charter signed, or retire the workload."),)


def _lacks(seen: Telemetry) -> list[str]:
    lacks = []
    if not seen.entry.get("business_owner"):
        lacks.append("no owner")
    if seen.charter is None:
        lacks.append("no signed Charter that states its purpose")
    return lacks


DETECTOR = Detector(10, NAME, "spend with no owner, no recent review or no stated purpose", "the MBOM and usage", look,
                    by_entry=True)
