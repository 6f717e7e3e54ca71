"""A sample Daily: fourteen believable workloads of one insurer, with hostile names among them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.cadences.daily import AlertLine, Daily, SourceLine, Totals, UnattributedLine, WorkloadLine
from console.cadences.sign_lines import SignLine, SignsLine
from console.money import MICRO, display

AT = datetime(2026, 11, 23, 14, 3, 12, tzinfo=UTC)
HOSTILE = (
    "\x1b]52;c;aGFjaw==\x07clipboard",
    "[@click=app.quit]click me[/]",
    "[/bold]unclosed",
    "\u202egnp.exe",
    "z" * 10_000,
    "Z\u0351\u0352\u0353\u0354\u0355\u0356algo",
    "tab\tand\nnewline",
    "gpt-4[prod]",
)
"""Names that harm naive screens: escape codes, markup, bidirectional marks, 10,000 characters, stacked marks."""


def dollars(amount: float) -> int:
    return round(amount * MICRO)


def workload(
    slug: str,
    name: str,
    owner: str | None,
    today: float,
    month: float,
    expected: float | None,
    burn: float | None,
    **other: object,
) -> WorkloadLine:
    """One line; what is not given follows from what is."""
    given: dict[str, object] = {
        "slug": slug,
        "name": name,
        "owner": owner,
        "team": _TEAMS.get(slug.split("-")[0], "Operations"),
        "today": dollars(today),
        "month": dollars(month),
        "expected_month": None if expected is None else dollars(expected),
        "burn_ratio": burn,
        "breaker": "no Charter" if expected is None else "armed",
        "rate_per_hour": dollars(today / 14),
        "projected_month": dollars(month * 30 / 22.6),
        "last_usage_at": AT - timedelta(minutes=4),
        "data_until": AT - timedelta(minutes=5),
        "hours": tuple(dollars(today / 14 * share) for share in _DAY),
        "kill_threshold": None if expected is None else dollars(expected * 5),
        "seconds_to_kill": None if not expected or not today else (expected * 5 - month) / (today / 14) * 3600,
        "signs": None if expected is None else signs(expected),
    }
    return WorkloadLine(**{**given, **other})  # type: ignore[arg-type]


def signs(expected: float, *lit: SignLine, nearest: float = 0.2) -> SignsLine:
    """A calm workload's signs, with others lit before them."""
    pace, surge, quarter = (dollars(expected * share) for share in (15 * 3 / 43_200, 0.03, 0.25))
    calm = (
        ("own record", 0.8, "$1.20 in 10 min; the most in its seven days was $1.50"),
        ("above plan", 0.35, ""),
        ("dearer calls", 0.3, ""),
        ("cache writes", 0.2, ""),
        ("runaway pace", 0.05, ""),
        ("token mix", 0.0, ""),
        ("surge", 0.0, ""),
        ("quarter month", 0.0, ""),
    )
    named = {sign.name for sign in lit}
    return SignsLine(
        signs=(*lit, *(SignLine(*each) for each in calm if each[0] not in named)),
        nearest=nearest,
        unjudged=(
            "no call records: tool loop, agent tree, growing conversation, cold calls, doubled jobs",
            "not enough history (9 days): steady growth, month spent early",
        ),
        lines=(
            f"kills above ${display(pace)} in 3 min (15x plan) together with a sign of another kind",
            f"kills alone above ${display(surge)} in 10 min or ${display(quarter)} in 6 h",
            f"kills above ${display(dollars(expected * 5))} this month",
        ),
        brief=f"kills above ${display(pace)} in 3 min with another sign; alone ${display(surge, 0)}/10 min or "
        f"${display(quarter, 0)}/6 h",
        alert=dollars(expected * 6 * 3 / 43_200),
        pace=pace,
        surge=surge,
        most=dollars(expected / 1_800),
    )


RUNAWAY = (
    SignLine("runaway pace", 4.0, "$19.20 in 3 min, 69x the plan (line $4.17)"),
    SignLine(
        "cache writes",
        2.0,
        "98% or more of the cached tokens were written and not read, 4 min in a row; 2.1M "
        "tokens written in 3 min, against 61k tokens at most before",
    ),
)
"""What the night's cache invalidation lights."""

_TEAMS = {"claims": "Claims", "fraud": "Risk", "policy": "Service", "code": "Engineering", "tone": "Service"}
_DAY = (
    0.2,
    0.1,
    0.1,
    0.1,
    0.2,
    0.3,
    0.6,
    1.0,
    1.4,
    1.6,
    1.5,
    1.4,
    1.2,
    1.3,
    1.5,
    1.6,
    1.4,
    1.2,
    0.9,
    0.6,
    0.5,
    0.4,
    0.3,
    0.6,
)


def normal() -> Daily:
    """A working day: one runaway, one stretched, one without a Charter, two keys that nobody has claimed."""
    night = (*[dollars(5)] * 18, *map(dollars, (5, 6, 60, 340, 905, 1210)))
    workloads = (
        workload("claims-triage", "Claims triage", "A. Owner", 61.20, 1_391.05, 1_860, 1.02),
        workload("document-summariser", "Document summariser", "P. Whitfield", 112.48, 2_505.31, 3_400, 0.97),
        workload("policy-search", "Policy search", "M. Okafor", 38.02, 871.90, 1_200, 0.88),
        workload(
            "reconciliation-agent",
            "Reconciliation sub-agent",
            "J. Marsh",
            2_526.00,
            6_204.18,
            4_000,
            217.4,
            state="runaway",
            alerts=2,
            worst="critical",
            rate_per_hour=dollars(1210),
            hours=night,
            projected_month=dollars(231_400),
            seconds_to_kill=41_040.0,
            overshoot=dollars(141),
            signs=signs(4_000, *RUNAWAY, nearest=2.0),
        ),
        workload(
            "email-drafts",
            "E-mail drafts",
            "S. Lindqvist",
            21.77,
            402.13,
            500,
            1.61,
            state="stretch",
            alerts=1,
            worst="warning",
        ),
        workload("fraud-screening", "Fraud screening", "R. Adeyemi", 204.90, 4_310.66, 5_200, 1.08),
        workload("contract-review", "Contract review", None, 17.35, 390.00, None, None, estimated=True),
        workload("call-notes", "Call notes", "T. Brandt", 44.10, 1_004.72, 1_500, 0.91),
        workload(
            "underwriting-copilot",
            "Underwriting copilot",
            "C. Moreau",
            0.0,
            3_115.40,
            2_900,
            0.0,
            state="held",
            breaker="held",
            alerts=1,
            worst="error",
            rate_per_hour=0,
            seconds_to_kill=None,
            hours=(0,) * 24,
            last_usage_at=AT - timedelta(hours=9),
        ),
        workload("translation", "Translation", "E. Novak", 9.65, 211.47, 300, 0.84),
        workload("code-assistant", "Code assistant", "D. Park", 301.17, 6_911.03, 9_000, 0.95, breaker="observe"),
        workload(
            "knowledge-graph",
            "Knowledge graph build",
            "L. Ferrari",
            0.0,
            48.20,
            250,
            0.0,
            state="paused",
            last_usage_at=AT - timedelta(days=3),
            seconds_to_kill=None,
            hours=(),
        ),
        workload("letters", HOSTILE[0], HOSTILE[1], 3.10, 70.44, 120, 0.79),
        workload("tone-check", HOSTILE[3], "W. Osei", 1.02, 22.18, 40, 0.66, stale=True),
    )
    return Daily(
        at=AT,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        version=41,
        leader="this console",
        sources=(
            SourceLine(
                "anthropic", "anthropic", "ok", AT - timedelta(minutes=5, seconds=12), AT - timedelta(seconds=20), 312.0
            ),
        ),
        workloads=workloads,
        alerts=alerts(),
        unattributed=unattributed(),
        totals=Totals(
            dollars(3_349.61),
            dollars(27_480.63),
            dollars(30_270),
            dollars(263_800),
            dollars(1_311.20),
            dollars(23_871.06),
            dollars(23_869.94),
        ),
        hours=tuple(sum(line.hours[at] for line in workloads if len(line.hours) == 24) for at in range(24)),
    )


def alerts() -> tuple[AlertLine, ...]:
    return (
        AlertLine(
            31,
            "reconciliation-agent",
            "burn",
            "critical",
            "firing",
            AT - timedelta(minutes=6),
            "Spends 217 times its expected pace: 1,210.00 USD in the last hour, 5.57 expected.",
            "1h",
            "scenarios.runaway.kill_usd = 20000",
            "Open the trip sheet, or kill it with K: one key is switched off.",
        ),
        AlertLine(
            32,
            "reconciliation-agent",
            "forecast",
            "error",
            "firing",
            AT - timedelta(minutes=4),
            "Reaches its kill threshold of 20,000.00 USD in 11 h at this rate.",
            "",
            "scenarios.runaway.kill_usd = 20000",
            "Ask J. Marsh whether a launch was planned.",
        ),
        AlertLine(
            27,
            "email-drafts",
            "stretch",
            "warning",
            "firing",
            AT - timedelta(hours=3),
            "Entered the stretch scenario: 402.13 USD of 500.00 expected on day 23 of 30.",
            "",
            "scenarios.stretch.multiple = 2.5",
            "Make the changes that the Charter names for stretch.",
            acknowledged_by="maria",
        ),
        AlertLine(
            19,
            "underwriting-copilot",
            "cap",
            "error",
            "firing",
            AT - timedelta(hours=9),
            "Tripped at 3,115.40 USD; two keys are off and the state was read back.",
            "",
            "kill_criteria.1",
            "Resume needs a token architect and a reason.",
        ),
        AlertLine(
            33, "code-assistant", "burn", "warning", "pending", AT - timedelta(minutes=2), "Pace is 1.9 times expected."
        ),
    )


def unattributed() -> tuple[UnattributedLine, ...]:
    return (
        UnattributedLine(
            "anthropic",
            {"api_key_id": "apikey_01Lost", "workspace_id": None},
            "jupyter-spike",
            ("claude-opus-4-7",),
            dollars(12.40),
            dollars(91.02),
            AT - timedelta(minutes=31),
        ),
        UnattributedLine(
            "anthropic",
            {"api_key_id": "apikey_01Evil", "workspace_id": "wrkspc_01"},
            HOSTILE[2],
            (HOSTILE[7],),
            dollars(0.31),
            dollars(2.17),
            AT - timedelta(hours=5),
        ),
    )


def hostile() -> Daily:
    """Every name is hostile."""
    lines = tuple(workload(f"w-{at}", name, name, 10 + at, 100 + at, 200, 1.0) for at, name in enumerate(HOSTILE))
    bad = tuple(
        replace(alert, workload=f"w-{at}", kind=HOSTILE[at], summary=HOSTILE[at], advice=HOSTILE[-at])
        for at, alert in enumerate(alerts())
    )
    rows = tuple(
        UnattributedLine(HOSTILE[at], {"api_key_id": HOSTILE[at]}, name, (name,), 1, 2)
        for at, name in enumerate(HOSTILE)
    )
    return replace(
        normal(),
        organisation=HOSTILE[3] + HOSTILE[0],
        workloads=lines,
        alerts=bad,
        unattributed=rows,
        notices=HOSTILE,
        sources=(SourceLine(HOSTILE[0], "anthropic", "stale", AT, AT, 1.0, HOSTILE[1]),),
    )


def stale() -> Daily:
    """The provider has not answered for half an hour."""
    daily = normal()
    source = replace(
        daily.sources[0],
        state="backed off",
        data_until=AT - timedelta(minutes=33),
        last_success_at=AT - timedelta(minutes=28),
        message="the usage report answered 529, next try 14:05Z",
    )
    return replace(daily, sources=(source,), workloads=tuple(replace(line, stale=True) for line in daily.workloads))


def empty() -> Daily:
    """A fresh installation: a source that was never read, and no MBOM."""
    return Daily(
        at=AT,
        organisation="Northwind Mutual",
        time_zone="Europe/London",
        sources=(SourceLine("anthropic", "anthropic", "never", message="no poll yet"),),
    )


def large(count: int = 200) -> Daily:
    """Many workloads, for speed."""
    lines = tuple(
        workload(f"workload-{at:03}", f"Workload {at}", "A. Owner", at * 1.3, at * 30.0, 1_000, at / 100)
        for at in range(count)
    )
    return replace(normal(), workloads=lines)
