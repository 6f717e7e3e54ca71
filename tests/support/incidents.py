"""Sample values of one night: a workload that ran away, the kill that stopped it, and names that mean harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.cadences.daily import AlertLine, Daily, SourceLine, Totals, WorkloadLine
from console.cadences.trip_sheet import EvidenceRow, IntentResult, Plan, PlannedTarget, StepLine, TripSheet
from console.cadences.workload import (
    ChangeLine,
    CharterBrief,
    IntentLine,
    ModelLine,
    SwitchLine,
    WorkloadView,
)
from console.money import MICRO
from tests.support.portfolio import RUNAWAY, signs

AT = datetime(2026, 3, 4, 2, 41, 12, tzinfo=UTC)
HOSTILE = "[@click=app.quit]x[/] \x1b]0;gone\x07\x1b[31mred \u202egnp.exe\u200b [/bold] 名前"
"""Markup, escape codes, a right-to-left override, a zero-width space and wide characters in one name."""
SLUG = "contract-review-agents"
KEY = "apikey_01Rj2N8SVvo6BePZj99NhmiT"
INTENT = "kill-7f3a91"
CHARTER_LINE = "kill threshold: 4000.00 USD a month, automatic"

LINE = WorkloadLine(
    slug=SLUG,
    name="Contract review agents",
    owner="Amara Okafor",
    team="Legal platform",
    state="runaway",
    breaker="armed",
    today=1_204_180_000,
    month=3_412_900_000,
    expected_month=1_000_000_000,
    burn_ratio=31.4,
    rate_per_hour=412_500_000,
    projected_month=19_870_000_000,
    kill_threshold=4_000_000_000,
    seconds_to_kill=5_124.0,
    overshoot=48_125_000,
    alerts=2,
    worst="critical",
    last_usage_at=AT - timedelta(minutes=5),
    data_until=AT - timedelta(minutes=5),
    estimated=True,
    hours=tuple([1_400_000] * 20 + [9_000_000, 120_000_000, 380_000_000, 412_500_000]),
    signs=signs(1_000, *RUNAWAY, nearest=2.0),
)
ALERT = AlertLine(
    id=41,
    workload=SLUG,
    kind="burn",
    severity="critical",
    state="firing",
    since=AT - timedelta(minutes=34),
    summary="spends 31.4 times its expected scenario over the last hour",
    window="1h/5m",
    charter_line=CHARTER_LINE,
    advice="Look at the newest deployment; kill it if the agents are not meant to run.",
)
ALERTS = (
    ALERT,
    replace(
        ALERT,
        id=42,
        kind="forecast",
        severity="error",
        window="month",
        state="firing",
        since=AT - timedelta(minutes=29),
        summary="reaches 19,870.00 by the end of the month",
        acknowledged_by="jo",
        acknowledged_until=AT + timedelta(hours=3),
    ),
    replace(
        ALERT,
        id=43,
        workload="support-copilot",
        kind="month step",
        severity="warning",
        window="50 %",
        state="firing",
        since=AT - timedelta(days=2),
        summary="has spent half of its expected month",
        charter_line="expected: 9300.00 USD",
        advice="Nothing yet; look again on Friday.",
        silenced_by="sam",
        silenced_until=AT + timedelta(days=1),
    ),
    replace(
        ALERT,
        id=44,
        workload="invoice-intake",
        kind="blindness",
        severity="error",
        window="",
        state="no-data",
        since=AT - timedelta(minutes=12),
        summary="no usage data for 12 minutes while it was spending",
        stale=True,
        charter_line=None,
        advice="Look at the source's message; the breaker cannot trip on stale data.",
    ),
)
DAILY = Daily(
    at=AT,
    organisation="Acme",
    time_zone="UTC",
    version=7,
    simulated=True,
    leader="this console",
    sources=(SourceLine("anthropic", "anthropic", "ok", AT - timedelta(minutes=5), AT - timedelta(seconds=20), 300.0),),
    workloads=(
        LINE,
        WorkloadLine(
            "support-copilot",
            "Support copilot",
            "Li Wei",
            "Support",
            today=143_900_000,
            month=4_650_000_000,
            expected_month=9_300_000_000,
            kill_threshold=18_600_000_000,
            breaker="armed",
        ),
    ),
    alerts=ALERTS,
    totals=Totals(today=1_348_080_000, month=8_062_900_000),
)
CHARTER = CharterBrief(
    version=3,
    state="signed",
    content_hash="9f2c51d0e7a84b63",
    purpose="Reviews supplier contracts.",
    expected=1_000 * MICRO,
    stretch_multiple=2.5,
    runaway_multiple=12.0,
    kill_threshold=4_000 * MICRO,
    automatic=True,
    criteria=(
        "economic: cost per contract > 4.00 USD for 7d → paused, a person decides",
        "quality: accepted first time < 0.80 for 14d → rolled back, a person decides",
    ),
    review="Legal operations: one contract in ten, weekly, may stop the release",
    models=("claude-opus-4-5", "claude-haiku-4-5"),
    signatures=(
        ("business_owner", "Amara Okafor", AT - timedelta(days=40)),
        ("platform_lead", "Jonas Berg", AT - timedelta(days=39)),
        ("finance_partner", "Rui Sato", AT - timedelta(days=38)),
    ),
    missing_roles=(),
)


def _wave(hours: int, scale: int, spike: int) -> tuple[int, ...]:
    """A daily wave by hour, and `spike` times as much in the last four hours."""
    return tuple(scale * (2 + abs(12 - at % 24)) // 8 * (spike if at >= hours - 4 else 1) for at in range(hours))


VIEW = WorkloadView(
    line=LINE,
    at=AT,
    charter=CHARTER,
    no_charter_reason="",
    hours_from=AT.replace(minute=0, second=0) - timedelta(hours=47),
    tokens_by_hour={
        "uncached input": _wave(48, 400_000, 20),
        "cache write": _wave(48, 90_000, 35),
        "cache read": _wave(48, 900_000, 30),
        "output": _wave(48, 60_000, 25),
    },
    spend_by_hour=_wave(48, 9_000_000, 24),
    recent_from=AT.replace(second=0) - timedelta(hours=8),
    recent_spend=(*[MICRO * 26 // 100] * 145, *[MICRO * 31 // 100] * 10, *[MICRO * 96 // 5] * 5),
    recent_plan=(*[MICRO // 4] * 80, *[MICRO * 3 // 10] * 80),
    days_from=AT.replace(hour=0, minute=0, second=0) - timedelta(days=34),
    spend_by_day=(*tuple(40000000 * (5 - at % 7 // 5 * 4) // 5 for at in range(34)), 1204180000),
    models=(
        ModelLine("claude-opus-4-5", 71_204_118, 9_812_004, 480_112_900, 12_400_812, 3_390_100_000, False),
        ModelLine("claude-haiku-4-5", 4_100_812, 0, 12_000, 900_214, 22_800_000, True),
    ),
    switches=(
        SwitchLine("anthropic-api-key", KEY, "contracts-prod", "anthropic", "active", ("contract-search",)),
        SwitchLine("webhook", "gateway/contract-review", "gateway/contract-review", None, None, ()),
    ),
    usage_rules=(f"api_key_id = {KEY}",),
    alerts=ALERTS[:2],
    intents=(
        IntentLine(INTENT, "kill", "automatic", "verifying", AT - timedelta(minutes=2), "engine", "runaway"),
        IntentLine("kill-0011aa", "kill", "manual", "done", AT - timedelta(days=12), "jo", "a test of the breaker"),
    ),
    history=(ChangeLine(AT - timedelta(days=3), "jo", "business_owner: nothing → Amara Okafor"),),
)
HOSTILE_VIEW = replace(
    VIEW,
    line=replace(LINE, name=HOSTILE, owner=HOSTILE, team=HOSTILE),
    charter=None,
    no_charter_reason="no Charter was imported",
    models=(replace(VIEW.models[0], model=HOSTILE),),
    switches=(replace(VIEW.switches[0], target_name=HOSTILE * 40),),
    alerts=(replace(ALERT, summary=HOSTILE),),
    intents=(replace(VIEW.intents[0], reason=HOSTILE),),
    history=(ChangeLine(AT, HOSTILE, HOSTILE),),
    usage_rules=(HOSTILE,),
)

STEP = StepLine(
    "anthropic-api-key",
    KEY,
    "contracts-prod",
    "disable",
    "active",
    "inactive",
    "inactive",
    "done",
    AT - timedelta(seconds=48),
    None,
    ("contract-search",),
)


def _rows(count: int) -> tuple[EvidenceRow, ...]:
    start = AT.replace(second=0) - timedelta(minutes=count + 5)
    return tuple(
        EvidenceRow(
            start + timedelta(minutes=at),
            60,
            "contracts-prod",
            "claude-opus-4-5",
            410_000 + at,
            12_000,
            900_400,
            21_007,
            6_875_000 + at * 1_000,
            False,
        )
        for at in range(count)
    )


ROWS = _rows(12)
SHEET = TripSheet(
    intent=INTENT,
    workload=SLUG,
    name="Contract review agents",
    verb="kill",
    origin="automatic",
    state="verifying",
    at=AT - timedelta(seconds=72),
    requested_by="engine",
    reason="month to date reached the kill threshold less the overshoot",
    why="month to date 3,960.20 of 4,000.00; rate 412.50 an hour; worst-case overshoot 48.13",
    signs=(),
    means="",
    rule="cap",
    charter_line=CHARTER_LINE,
    data_age_s=304.0,
    rows=ROWS,
    rows_total=sum(row.cost for row in ROWS) + 9_500_000,
    decided_on=sum(row.cost for row in ROWS) + 9_500_000,
    rows_left_out=3,
    steps=(
        STEP,
        replace(
            STEP,
            switch="webhook",
            target="gateway/contract-review",
            target_name="gateway/contract-review",
            before="open",
            wanted="blocked",
            after=None,
            state="unknown",
            confirmed_at=None,
            shared_with=(),
            error="No answer came within 10 s; the request may have taken effect.",
        ),
    ),
    state_confirmed_at=None,
    spend_stopped_at=None,
    settled_at=None,
    rate_before=412_500_000,
    rate_after=None,
    tail=4_210_000,
    minutes_from=AT.replace(second=0) - timedelta(minutes=60),
    minutes=tuple([400_000] * 20 + [6_875_000] * 34 + [2_000_000, 300_000, 0, 0, 0, 0]),
    breaker="tripped",
    resume_roles=("token_architect", "platform_lead", "business_owner"),
    two_person=True,
    manual_command='curl -X POST https://gateway.example/contract-review -d \'{"state":"blocked"}\'',
)
SETTLED_SHEET = replace(
    SHEET,
    state="done",
    steps=(STEP,),
    state_confirmed_at=AT - timedelta(seconds=48),
    spend_stopped_at=AT + timedelta(minutes=22),
    settled_at=AT + timedelta(minutes=52),
    rate_after=0,
    manual_command="",
    breaker="held",
    tail=4_210_000,
    approvals=(("Jonas Berg", "platform_lead", AT + timedelta(hours=1)),),
)
PLAN = Plan(
    workload=SLUG,
    name="Contract review agents",
    environment="production",
    verb="kill",
    plan_hash="ab12cd34",
    rate_per_hour=412_500_000,
    today=1_204_180_000,
    month=3_412_900_000,
    targets=(
        PlannedTarget(
            "anthropic-api-key",
            "anthropic",
            KEY,
            "contracts-prod",
            "active",
            "inactive",
            "disable",
            "K2",
            True,
            "set the key active again",
            ("contract-search",),
            False,
            ("c0ntracts-prod",),
        ),
    ),
    warnings=(
        f"{KEY} is also used by contract-search: they stop too.",
        f"{KEY} looks like c0ntracts-prod; compare the identifiers.",
    ),
)
RESUME_PLAN = replace(
    PLAN,
    verb="resume",
    plan_hash="ee55ff66",
    needs_second_person=True,
    rate_per_hour=0,
    targets=(replace(PLAN.targets[0], state_now="inactive", wanted="active", verb="enable", undo="kill it again"),),
)
SIGNS_SHEET = replace(
    SETTLED_SHEET,
    reason="runaway pace and cache writes (a timestamp in the cached prefix: every call writes, none reads): "
    f"{RUNAWAY[0].says}; {RUNAWAY[1].says}",
    why="runaway pace and cache writes (a timestamp in the cached prefix: every call writes, none reads): "
    f"{RUNAWAY[0].says}; {RUNAWAY[1].says}",
    signs=tuple((sign.name, sign.says) for sign in RUNAWAY),
    decided_on=19_200_000,
    rows=SHEET.rows[:1],
    rows_total=19_200_000,
    rows_left_out=6,
    means="a timestamp in the cached prefix: every call writes, none reads",
    rule="signs",
    charter_line="Charter v3, scenarios.runaway: 15x of $4,000.00 a month",
)
"""Of a kill for two signs of different kinds."""
KILLED = IntentResult(INTENT, SLUG, "kill", "done", (STEP,))
REFUSED = IntentResult(
    INTENT,
    SLUG,
    "kill",
    "failed",
    (replace(STEP, after="active", state="refused", confirmed_at=None, error="The provider said 403."),),
)
UNKNOWN = IntentResult(
    INTENT,
    SLUG,
    "kill",
    "unknown",
    (replace(STEP, after=None, state="unknown", confirmed_at=None, error="No answer came within 10 s."),),
)


AWAITING = IntentResult("resume-77aa01", SLUG, "resume", "awaiting_approval", ())
