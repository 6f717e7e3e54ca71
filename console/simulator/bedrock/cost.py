"""Cost Explorer over the world's meter: what each day came to, by service and usage type."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from console.clock import epoch, from_epoch
from console.simulator.bedrock.cloud import Cloud
from console.simulator.law import HOUR
from console.simulator.prices import class_costs

SERVICE = "Amazon Bedrock"
_DAY = 24 * HOUR
_CLASSES = ("input-tokens", "cache-write-input-tokens", "cache-write-1h-input-tokens", "cache-read-input-tokens",
            "output-tokens")
_PICO = 10**12

Json = dict[str, Any]


def dimension_values() -> Json:
    values = [{"Value": SERVICE, "Attributes": {}}]
    return {"DimensionValues": values, "ReturnSize": len(values), "TotalSize": len(values)}


def cost_and_usage(cloud: Cloud, asked: Json, now: float) -> Json:
    """Days of [Start, End), estimated until they are over."""
    start, end = (_instant(asked["TimePeriod"][edge]) for edge in ("Start", "End"))
    return {"ResultsByTime": [_day(cloud, at, now) for at in range(start, end, _DAY) if at < now],
            "GroupDefinitions": asked.get("GroupBy", [])}


def _day(cloud: Cloud, start: int, now: float) -> Json:
    costs: dict[str, int] = {}
    for _, stream in cloud.streams():
        for hour in range(start, min(start + _DAY, int(now)), HOUR):
            used = cloud.world.meter.shown(stream, hour, hour + HOUR, now)
            priced = class_costs(used, stream.model, stream.profile.service_tier, hour)
            for name, pico in zip(_CLASSES, priced, strict=False):
                usage_type = f"EUW2-{stream.model}-{name}"
                costs[usage_type] = costs.get(usage_type, 0) + pico
    day = from_epoch(start).date()
    groups = [{"Keys": [SERVICE, usage_type],
               "Metrics": {"UnblendedCost": {"Amount": f"{pico / _PICO:.10f}", "Unit": "USD"}}}
              for usage_type, pico in sorted(costs.items()) if pico]
    return {"TimePeriod": {"Start": day.isoformat(), "End": from_epoch(start + _DAY).date().isoformat()}, "Total": {},
            "Groups": groups, "Estimated": start + _DAY > now}


def _instant(day: str) -> int:
    found = date.fromisoformat(day)
    return epoch(datetime(found.year, found.month, found.day, tzinfo=UTC))
