"""The tables of the configuration file, each read into its settings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from console import kinds
from console.errors import BadConfiguration
from console.reference import FORMS, looks_like_a_secret
from console.settings import (
    ROLES,
    SEVERITIES,
    WEEKDAYS,
    Approvals,
    AuditSettings,
    BreakerSettings,
    Config,
    Notification,
    Operator,
    Organisation,
    OutcomeQuery,
    PriceOverride,
    RuleSettings,
    SignSettings,
    SourceSettings,
    SwitchSettings,
)
from console.settings_reading import Table, duration
from console.text import clean
from console.toml import Document, KeyPath

_MOST_PER_MILLION_TOKENS = 100_000
_SQLITE = "sqlite:///"
_LEAST_RETENTION = "183d"

T = TypeVar("T")


def config_of(document: Document, path: Path) -> Config:
    """The settings of a whole file that lies at `path`. Raises BadConfiguration."""
    _refuse_secrets(document, (), document.data)
    root = Table(document, (), document.data)
    calendar, screens = root.table("calendar"), root.table("console")
    notifications = _each(root, "notifications", _notification, "name")
    config = Config(
        path=path,
        organisation=_organisation(root.table("organisation")),
        database_url=_database(root.table("database"), path.parent),
        operators=_each(root, "operators", _operator, "user"),
        sources=_each(root, "sources", _source, "name"),
        switches=_each(root, "switches", _switch, "name"),
        prices=tuple(_closed(table, _price(table)) for table in root.tables("prices")),
        rules=_rules(root.table("rules")),
        breaker=_breaker(root.table("breaker"), path.parent),
        approvals=_approvals(root.table("approvals")),
        notifications=notifications,
        outcome_queries=_each(root, "outcome_queries", _outcome_query, "name"),
        calls_kept_s=_closed(calls := root.table("calls"), calls.seconds("keep", "30d", "1d", "3650d")),
        audit=_audit(root.table("audit"), path.parent, tuple(channel.name for channel in notifications)),
        keys=_keys(root),
        tram=root.mapping("tram"),
        fiscal_year_month=calendar.whole("fiscal_year_month", 1, 1, 12),
        week_start=calendar.choice("week_start", WEEKDAYS, "monday"),
        simulated=root.flag("simulated", False),
        mouse=screens.flag("mouse", True),
    )
    screens.close()
    calendar.close()
    root.close()
    return config


def _organisation(table: Table) -> Organisation:
    zone = table.text("time_zone", "UTC")
    if not _is_time_zone(zone):
        table.refuse("time_zone", f"“{clean(zone, 40)}” is no time zone{_near_zone(zone)}")
    return _closed(table, Organisation(name=table.text("name", "Unnamed organisation"), time_zone=zone))


def _database(table: Table, base: Path) -> str:
    url = table.text("url", f"{_SQLITE}token-console.db", longest=1000)
    if not url.startswith(_SQLITE) or url == _SQLITE or "?" in url or "#" in url or not url.isprintable():
        table.refuse("url", f'this version keeps its records in SQLite: write url = "{_SQLITE}token-console.db"')
    table.close()
    return _SQLITE + str(base.absolute() / url.removeprefix(_SQLITE))


def _operator(table: Table) -> Operator:
    return Operator(user=table.text("user", longest=64), roles=table.choices("roles", ROLES))


def _source(table: Table) -> SourceSettings:
    name = table.name("name")
    kind = kinds.source(table.choice("kind", kinds.source_names()))
    return SourceSettings(
        name=name,
        kind=kind.kind,
        secret=_secret(table, kind.needs_secret),
        kill_secret=table.optional("kill_secret", table.reference),
        base_url=table.optional("base_url", table.url),
        poll_s=table.seconds("poll", "60s", "15s", "1h"),
        backfill_days=table.seconds("backfill", "35d", "1d", "365d") // 86400,
        options=kinds.frozen(kind.options(table)),
        polled=not kind.capabilities.push,
    )


def _switch(table: Table) -> SwitchSettings:
    name = table.name("name")
    called = table.choice("kind", kinds.switch_names(), "webhook")
    kind = kinds.switch(called)
    if kind.works_at is not None:  # only now are the others looked at
        table.refuse("kind", f"{called} works at a [[sources]] table and has none of its own; of these there are: "
                     f"{', '.join(kinds.switch_table_names())}")
    return SwitchSettings(name, kind.kind, _secret(table, kind.needs_secret), kinds.frozen(kind.options(table)))


def _secret(table: Table, needed: bool) -> str | None:
    return table.reference("secret") if needed else table.optional("secret", table.reference)


def _price(table: Table) -> PriceOverride:
    most = _MOST_PER_MILLION_TOKENS
    price = PriceOverride(
        model=table.text("model"),
        provider=table.text("provider", "anthropic"),
        since=table.day("since", "2000-01-01"),
        input=table.decimal("input", most),
        cache_write_5m=table.decimal("cache_write_5m", most),
        cache_write_1h=table.decimal("cache_write_1h", most),
        cache_read=table.decimal("cache_read", most),
        output=table.decimal("output", most),
        multiplier=table.decimal("multiplier", 100),
    )
    if price.multiplier is None and price.input is None and price.output is None:
        table.refuse("model", 'says no price: add input = "3.00" and output = "15.00", or multiplier = "0.85"')
    if "*" in price.model[:-1]:
        table.refuse("model", "may hold one *, at its end")
    return price


def _rules(table: Table) -> RuleSettings:
    usual = RuleSettings()
    return _closed(
        table,
        RuleSettings(
            month_steps=table.numbers("month_steps", usual.month_steps, 0.01, 10),
            burn_fast=table.number("burn_fast", usual.burn_fast, 1, 1000),
            burn_slow=table.number("burn_slow", usual.burn_slow, 1, 1000),
            floor_usd_micro=table.dollars("floor_usd", "5.00"),
            floor_share=table.number("floor_share", usual.floor_share, 0, 1),
            forecast_over=table.number("forecast_over", usual.forecast_over, 1, 100),
            resolve_share=table.number("resolve_share", usual.resolve_share, 0.1, 1),
            probation_s=table.seconds("probation", "1h", "0s", "7d"),
            probation_share=table.number("probation_share", usual.probation_share, 0, 1),
            blind_burn=table.number("blind_burn", usual.blind_burn, 1, 1000),
            own_days=table.number("own_days", usual.own_days, 0, 7),
            own_record=table.number("own_record", usual.own_record, 1, 100),
            unknown_share=table.number("unknown_share", usual.unknown_share, 0, 1),
            burn_keep_s=table.seconds("burn_keep", "1d", "0s", "7d"),
            variance_share=table.number("variance_share", usual.variance_share, 0.001, 10),
            variance_floor_usd_micro=table.dollars("variance_floor_usd", "50.00"),
            signs=_signs(table.table("signs")),
        ),
    )


def _signs(table: Table) -> SignSettings:
    usual = SignSettings()
    return _closed(
        table,
        SignSettings(
            least_usd_micro=table.dollars("least_usd", "1.00"),
            above_plan=table.number("above_plan", usual.above_plan, 1, 1000),
            record=table.number("record", usual.record, 1, 100),
            surge_share=table.number("surge_share", usual.surge_share, 0.001, 10),
            surge_record=table.number("surge_record", usual.surge_record, 1, 1000),
            quarter_share=table.number("quarter_share", usual.quarter_share, 0.01, 10),
            known_days=table.number("known_days", usual.known_days, 0, 7),
            active_share=table.number("active_share", usual.active_share, 0, 1),
            write_minutes=table.whole("write_minutes", usual.write_minutes, 1, 60),
            write_share=table.number("write_share", usual.write_share, 0.01, 1),
            write_record=table.number("write_record", usual.write_record, 1, 1000),
            dearer=table.number("dearer", usual.dearer, 1, 1000),
            mix_step=table.number("mix_step", usual.mix_step, 0.01, 1),
            seen_minutes=table.whole("seen_minutes", usual.seen_minutes, 1, 10_080),
            model_usd_micro=table.dollars("model_usd", "0.50"),
            own_cached=table.number("own_cached", usual.own_cached, 0.01, 1),
            strange=table.number("strange", usual.strange, 0.01, 1),
            strange_tokens=table.whole("strange_tokens", usual.strange_tokens, 1, 10**9),
            grown=table.number("grown", usual.grown, 1, 100),
            grown_week=table.number("grown_week", usual.grown_week, 1.01, 100),
            leak_pace=table.number("leak_pace", usual.leak_pace, 1, 100),
            spent_early=table.number("spent_early", usual.spent_early, 0.1, 10),
            repeats=table.whole("repeats", usual.repeats, 2, 100_000),
            fan_out_room=table.number("fan_out_room", usual.fan_out_room, 1, 1000),
            growth=table.number("growth", usual.growth, 1, 1000),
            cold_calls=table.whole("cold_calls", usual.cold_calls, 2, 100_000),
            doubled=table.number("doubled", usual.doubled, 0.01, 1),
        ),
    )


def _breaker(table: Table, base: Path) -> BreakerSettings:
    usual = BreakerSettings()
    return _closed(
        table,
        BreakerSettings(
            max_targets=table.whole("max_targets", usual.max_targets, 1, 1000),
            max_share=table.number("max_share", usual.max_share, 0.01, 1),
            protected=table.texts("protected"),
            validity_s=table.seconds("validity", "15m", "1m", "24h"),
            act_deadline_s=table.seconds("act_deadline", "20s", "1s", "5m"),
            fallback_journal=table.optional("fallback_journal", lambda key: _file(table, key, base)),
            drill=table.flag("drill", False),
        ),
    )


def _approvals(table: Table) -> Approvals:
    return _closed(table, Approvals(two_person=table.flag("two_person", False)))


def _notification(table: Table) -> Notification:
    return Notification(
        name=table.name("name"),
        url=table.reference("url"),
        severity=table.choice("severity", SEVERITIES, "critical"),
    )


def _outcome_query(table: Table) -> OutcomeQuery:
    database = table.text("database", longest=1000)
    if not database.startswith(_SQLITE):
        database = table.reference("database")
    sql = table.text("sql", longest=10_000).strip().removesuffix(";")
    if ";" in sql:
        table.refuse("sql", "holds several statements: write one SELECT, without a semicolon in it")
    poll = table.optional("poll", lambda key: table.seconds(key, "1d", "5m", "31d"))
    return OutcomeQuery(table.name("name"), database, sql, poll)


def _audit(table: Table, base: Path, channels: tuple[str, ...]) -> AuditSettings:
    channel = table.optional("channel", table.name)
    if channel is not None and channel not in channels:
        table.refuse("channel", f"names no [[notifications]] table; there are: {', '.join(channels) or 'none'}")
    return _closed(
        table,
        AuditSettings(
            key=table.optional("key", table.reference),
            file=table.optional("file", lambda key: _file(table, key, base)),
            syslog=table.optional("syslog", lambda key: Path(table.text(key, longest=100))),
            channel=channel,
            late_s=table.seconds("late", "2h", "10m", "7d"),
            retention_s=_retention(table),
        ),
    )


def _file(table: Table, key: str, base: Path) -> Path:
    return base.absolute() / Path(table.text(key, longest=1000)).expanduser()


def _retention(table: Table) -> int:
    kept = table.seconds("retention", "400d", "1s", "36500d")
    if kept < duration(_LEAST_RETENTION):
        table.refuse("retention", f"is shorter than {_LEAST_RETENTION}, and the record of what was stopped and resumed "
                     f'is kept for half a year at least: write retention = "400d", or "{_LEAST_RETENTION}"')
    return kept


def _keys(root: Table) -> dict[str, str]:
    given = root.mapping("keys")
    for action, key in given.items():
        if not isinstance(key, str) or not key:
            root.table("keys").refuse(action, 'must be a key in quotes: write kill = "K"')
    return dict(given)


def _each(root: Table, key: str, read: Any, identity: str) -> tuple[Any, ...]:
    """Every `[[key]]` table read and closed; two with the same name are refused."""
    found: dict[str, Any] = {}
    for table in root.tables(key):
        settings = _closed(table, read(table))
        name = getattr(settings, identity)
        if name in found:
            table.refuse(identity, f"“{name}” is given twice; keep one [[{key}]] of that name")
        found[name] = settings
    return tuple(found.values())


def _closed(table: Table, settings: T) -> T:
    table.close()
    return settings


def _refuse_secrets(document: Document, path: KeyPath, value: object) -> None:
    """No value anywhere may look like a key. The message names the place and never the value."""
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    elif isinstance(value, str) and looks_like_a_secret(value):
        raise BadConfiguration(
            f"{document.where(path)}: {path[-1]} looks like a secret. This file is read by people and kept in backups: "
            f"keep the secret elsewhere and refer to it ({FORMS}). If it was real, replace it at the provider."
        )
    for key, item in items:
        _refuse_secrets(document, (*path, key), item)


def _is_time_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a relative name, a folder of zones
        return False
    return True


def _near_zone(name: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    near = get_close_matches(name, available_timezones(), n=1)
    return f": write “{near[0] if near else 'Europe/London'}”"
