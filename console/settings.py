"""What the configuration says, as frozen values. `console.config` reads them from a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

ROLES = ("viewer", "on_call", "token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer")
SEVERITIES = ("info", "warning", "error", "critical")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _no_options() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str = "Unnamed organisation"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operating-system user and the roles that the organisation gives them."""

    user: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One `[[sources]]` table. Secrets are references, never values."""

    name: str
    kind: str
    secret: str | None = None
    """None: a kind that needs none, or finds its credential where its provider's own programs do."""
    kill_secret: str | None = None
    base_url: str | None = None
    poll_s: float = 60.0
    backfill_days: int = 35
    options: Mapping[str, object] = field(default_factory=_no_options, hash=False)
    """The keys that only this kind has, as it read them; nobody changes them."""
    polled: bool = True
    """False: it is told of calls, and its secret opens nothing at a provider."""

    @property
    def kill_reference(self) -> str | None:
        """The secret that turns things off: `kill_secret`, or `secret` where there is only one."""
        return self.kill_secret or self.secret

    @property
    def one_secret_for_both(self) -> bool:
        """Whether whoever reads usage with this source's secret could also disable its keys."""
        return self.polled and self.secret is not None and self.kill_reference == self.secret


@dataclass(frozen=True, slots=True)
class SwitchSettings:
    """One `[[switches]]` table: a switch that works at no source."""

    name: str
    kind: str
    secret: str | None = None
    options: Mapping[str, object] = field(default_factory=_no_options, hash=False)
    """The keys that only this kind has, as it read them; nobody changes them."""


@dataclass(frozen=True, slots=True)
class PriceOverride:
    """One `[[prices]]` table: dollars per million tokens that win over the price library from a day on."""

    model: str
    """An identifier, or one that ends in `*`."""
    provider: str = "anthropic"
    since: str = "2000-01-01"
    input: Decimal | None = None
    cache_write_5m: Decimal | None = None
    cache_write_1h: Decimal | None = None
    cache_read: Decimal | None = None
    output: Decimal | None = None
    multiplier: Decimal | None = None
    """Scales the library's own price (a negotiated discount is 0.85) where no figure is given."""


@dataclass(frozen=True, slots=True)
class SignSettings:
    """`[rules.signs]`: the lines of the signs (`console/cadences/signs/`). `docs/detection.md` says what each costs."""

    least_usd_micro: int = 1_000_000
    """Under this much in a window nothing is a sign: small budgets are noisy."""
    above_plan: float = 3.0
    record: float = 1.25
    surge_share: float = 0.03
    surge_record: float = 5.0
    quarter_share: float = 0.25
    known_days: float = 3.0
    """Days of history before the own range is believed."""
    active_share: float = 0.25
    """Share of the hours that were active before a surge can be told from the first work in days."""
    write_minutes: int = 4
    write_share: float = 0.5
    write_record: float = 2.0
    dearer: float = 3.0
    mix_step: float = 0.25
    seen_minutes: int = 300
    """Minutes of history with a mix before one is held against it."""
    model_usd_micro: int = 500_000
    own_cached: float = 0.5
    strange: float = 0.75
    strange_tokens: int = 50_000
    grown: float = 1.1
    grown_week: float = 1.25
    leak_pace: float = 1.8
    spent_early: float = 0.97
    repeats: int = 10
    fan_out_room: float = 2.0
    growth: float = 5.0
    cold_calls: int = 5
    doubled: float = 0.4


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """`[rules]`: thresholds, each with the default that operations names."""

    month_steps: tuple[float, ...] = (0.5, 0.8, 1.0)
    burn_fast: float = 14.4
    burn_slow: float = 6.0
    floor_usd_micro: int = 5_000_000
    floor_share: float = 0.005
    forecast_over: float = 1.1
    resolve_share: float = 0.9
    probation_s: float = 3600.0
    probation_share: float = 0.25
    blind_burn: float = 3.0
    """Above this burn ratio, a stale feed is an alert of its own."""
    own_days: float = 2.0
    """Days of history after which a workload's own range says what is usual for it."""
    own_record: float = 3.0
    unknown_share: float = 0.2
    """Before that, a window under this share of the expected month is no news."""
    burn_keep_s: float = 86_400.0
    """A burst is told of once a day, not at each of its waves."""
    variance_share: float = 0.15
    """A month further than this from the Charter needs two explanations,"""
    variance_floor_usd_micro: int = 50_000_000
    """unless the difference is worth less than this."""
    signs: SignSettings = field(default_factory=SignSettings)


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """`[breaker]`: what an automatic kill may never exceed."""

    max_targets: int = 3
    max_share: float = 0.2
    protected: tuple[str, ...] = ()
    validity_s: float = 900.0
    act_deadline_s: float = 20.0
    fallback_journal: Path | None = None
    """Where a kill is written down while the database cannot be; None: in the user's state directory."""
    drill: bool = False
    """Whether the engine itself drills on test targets; without it, only dry."""


@dataclass(frozen=True, slots=True)
class Approvals:
    two_person: bool = False


@dataclass(frozen=True, slots=True)
class Notification:
    """One `[[notifications]]` table: an apprise URL by secret reference."""

    name: str
    url: str
    severity: str = "critical"


@dataclass(frozen=True, slots=True)
class OutcomeQuery:
    """One `[[outcome_queries]]` table: outcomes that a database of the organisation's knows."""

    name: str
    database: str
    """`sqlite:///PATH`, relative to the configuration, or a secret reference to an address."""
    sql: str
    poll_s: float | None = None
    """How often the console asks by itself; None: when a person does."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """`[audit]`: the signing key, the places outside that are told of checkpoints, and how long entries are kept."""

    key: str | None = None
    """A secret reference; None for a file beside the database."""
    file: Path | None = None
    syslog: Path | None = None
    """The socket of the host's log."""
    channel: str | None = None
    """The name of a `[[notifications]]` table."""
    late_s: float = 7200.0
    """An anchor that has not been told of a checkpoint for so long is an alert."""
    retention_s: int = 400 * 86400

    @property
    def anchored(self) -> bool:
        """Whether any place outside is told."""
        return bool(self.file or self.syslog or self.channel)


@dataclass(frozen=True, slots=True)
class Config:
    path: Path | None
    organisation: Organisation
    database_url: str
    """As written, with a relative SQLite path resolved from where the file lies."""
    operators: tuple[Operator, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    switches: tuple[SwitchSettings, ...] = ()
    prices: tuple[PriceOverride, ...] = ()
    rules: RuleSettings = field(default_factory=RuleSettings)
    breaker: BreakerSettings = field(default_factory=BreakerSettings)
    approvals: Approvals = field(default_factory=Approvals)
    notifications: tuple[Notification, ...] = ()
    outcome_queries: tuple[OutcomeQuery, ...] = ()
    audit: AuditSettings = field(default_factory=AuditSettings)
    calls_kept_s: int = 30 * 86400
    """How long single calls, and what was pushed of a minute, are kept; what they came to stays."""
    keys: dict[str, str] = field(default_factory=dict)
    tram: dict[str, object] = field(default_factory=dict)
    fiscal_year_month: int = 1
    week_start: str = "monday"
    read_only: bool = False
    simulated: bool = False
    mouse: bool = True
    """Whether the screens take the mouse; without, the terminal keeps it, and the selection of text."""

    @property
    def base(self) -> Path:
        """Where relative paths start: the folder of the file, or the working folder."""
        return self.path.parent if self.path else Path.cwd()

    @property
    def audit_key(self) -> str:
        """Where the key is kept that signs the audit log."""
        return self.audit.key or f"file:{self.database_url.removeprefix('sqlite:///')}.audit-key"

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences about these settings that stay on screen."""
        return tuple(
            f"{source.name}: one secret both reads and kills; give it a kill_secret of its own"
            for source in self.sources
            if source.one_secret_for_both and not self.simulated
        )
