"""Usage as FinOps FOCUS 1.2: one row for each class of tokens of a key and model in an hour or a day.

Every cost of a row is its quantity times its unit price, exactly. What was stored is rounded to whole micro-dollars,
and may have been priced before a price changed: what that makes is a row of its own, so that BilledCost adds up to what
the console shows for the span. Source: FOCUS_Spec, tag v1.2 (github.com/FinOps-Open-Cost-and-Usage-Spec).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from console.clock import from_epoch, month_bounds, rfc3339
from console.money import MICRO
from console.pricing import Card
from console.reports.usage import PICO, TYPES, TokenType, Whose, counts, decimal, rates
from console.text import in_spreadsheet
from store.spans import Used

VERSION = "1.2"
COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory", "ChargeClass",
    "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "CommitmentDiscountId",
    "CommitmentDiscountStatus", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice",
    "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory",
    "PricingCurrency", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId",
    "RegionName", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails",
    "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags", "x_Workload", "x_Model", "x_TokenType",
    "x_KeyId", "x_KeyName", "x_Source", "x_PricingSource", "x_Estimated", "x_Simulated",
)
_SELLERS = {
    "anthropic": ("Anthropic", "Anthropic", "Claude API"), "bedrock": ("AWS", "Anthropic", "Amazon Bedrock"),
    "vertex": ("Google Cloud", "Anthropic", "Vertex AI"),
}
"""Who sells and invoices, who made it, and what the service is called, by provider."""
_ROUNDING = MICRO // 2
"""Pico-dollars that one fact, of a minute or more, may have been rounded by."""
_ROUNDED = "Rounding of stored costs to whole micro-dollars"
_EARLIER = "Usage was stored at another price: the difference to the price book of today"
_COSTS = tuple(map(COLUMNS.index, ("BilledCost", "EffectiveCost", "ContractedCost", "PricingCurrencyEffectiveCost",
                                   "ListCost")))
_QUANTITIES = tuple(map(COLUMNS.index, ("ConsumedQuantity", "PricingQuantity")))
_PERIOD = tuple(map(COLUMNS.index, ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd")))


class Rows:
    """Makes rows; what stays the same for a series and its price is put together once."""

    def __init__(self, *, simulated: bool) -> None:
        self._simulated = "true" if simulated else "false"
        self._kept: dict[tuple[object, ...], list[str]] = {}
        self._periods: dict[tuple[int, int], tuple[str, ...]] = {}

    def of(self, used: Used, whose: Whose, listed: Card, contracted: Card) -> Iterator[list[str]]:
        """The rows of one series in one bucket: each class of tokens that was used, then what is left of the cost."""
        period = self._period(used)
        exact = 0
        for token, count, list_rate, rate in zip(TYPES, counts(used), rates(listed), rates(contracted), strict=True):
            if count:
                exact += count * rate
                row = self._usage(used.series, whose, token, list_rate, rate, contracted).copy()
                cost = decimal(count * rate, 12)
                _put(row, _COSTS, (cost, cost, cost, cost, decimal(count * list_rate, 12)))
                _put(row, _QUANTITIES, (f"{count}.0", decimal(count, token.zeros)))
                _put(row, _PERIOD, period)
                yield row
        left = used.cost * (PICO // MICRO) - exact
        if left:
            row = self._adjustment(used, whose, left).copy()
            _put(row, _COSTS, (decimal(left, 12),) * len(_COSTS))
            _put(row, _PERIOD, period)
            yield row

    def _usage(self, series: int, whose: Whose, token: TokenType, list_rate: int, rate: int,
               card: Card) -> list[str]:
        """All of a row but its quantities, costs and period."""
        key = (series, token.name, list_rate, rate, card.basis)
        row = self._kept.get(key)
        if row is not None:
            return row
        model = whose.dimensions.get("model") or "unknown model"
        tier = whose.dimensions.get("service_tier") or "standard"
        list_price, price = (decimal(each * token.pricing, 12) for each in (list_rate, rate))
        row = self._kept[key] = self._row(whose, {
            "ChargeCategory": "Usage", "PricingCategory": "Standard",
            "ChargeDescription": in_spreadsheet(f"{token.meter} of {model}"),
            "ConsumedUnit": token.unit, "PricingUnit": f"{token.pricing} {token.unit}",
            "ListUnitPrice": list_price, "ContractedUnitPrice": price, "PricingCurrencyListUnitPrice": list_price,
            "PricingCurrencyContractedUnitPrice": price, "SkuId": in_spreadsheet(f"{model}/{token.name}"),
            "SkuMeter": f"{token.meter} {token.unit.lower()}",
            "SkuPriceId": in_spreadsheet(f"{model}/{token.name}/{tier}"),
            "SkuPriceDetails": _json({f"x_{name}": value for name, value in whose.dimensions.items()
                                      if value and name not in ("api_key_id", "workspace_id")}),
            "x_TokenType": token.name, "x_PricingSource": in_spreadsheet(card.basis),
            "x_Estimated": "true" if card.estimated or card.unpriced else "false",
        })
        return row

    def _adjustment(self, used: Used, whose: Whose, left: int) -> list[str]:
        """All of a row but its cost and period."""
        most = (used.end - used.start) // 60 * _ROUNDING
        rounded, estimated = abs(left) <= most, bool(used.estimated)
        key = (used.series, rounded, estimated)
        row = self._kept.get(key)
        if row is None:
            row = self._kept[key] = self._row(whose, {
                "ChargeCategory": "Adjustment", "ChargeDescription": _ROUNDED if rounded else _EARLIER,
                "x_PricingSource": "stored cost", "x_TokenType": "rounding" if rounded else "earlier price",
                "x_Estimated": "true" if estimated else "false",
            })
        return row

    def _row(self, whose: Whose, values: dict[str, str]) -> list[str]:
        """A row with what is so of a series in all of its rows."""
        provider = whose.dimensions.get("provider") or whose.kind  # a gateway's rows name it
        seller, maker, service = _SELLERS.get(provider, (provider, provider, whose.source))
        geo = whose.dimensions.get("inference_geo") or ""
        region = "" if geo in ("global", "not_available") else in_spreadsheet(geo)
        workspace, workspace_name = whose.workspace or ("", "")
        row = dict.fromkeys(COLUMNS, "") | {
            "BillingAccountId": in_spreadsheet(whose.account[0]),
            "BillingAccountName": in_spreadsheet(whose.account[1]),
            "BillingAccountType": "Organization", "BillingCurrency": "USD", "PricingCurrency": "USD",
            "ChargeFrequency": "Usage-Based", "InvoiceIssuerName": seller, "ProviderName": seller,
            "PublisherName": maker, "ServiceCategory": "AI and Machine Learning",
            "ServiceSubcategory": "Generative AI", "ServiceName": service, "RegionId": region, "RegionName": region,
            "SubAccountId": in_spreadsheet(workspace), "SubAccountName": in_spreadsheet(workspace_name),
            "SubAccountType": "Workspace" if workspace else "", "Tags": _json(whose.tags),
            "x_Workload": whose.workload or "", "x_Model": in_spreadsheet(whose.dimensions.get("model") or ""),
            "x_KeyId": in_spreadsheet(whose.dimensions.get("api_key_id") or ""),
            "x_KeyName": in_spreadsheet(whose.key_name), "x_Source": in_spreadsheet(whose.source),
            "x_Simulated": self._simulated,
        } | values
        assert len(row) == len(COLUMNS)
        return list(row.values())

    def _period(self, used: Used) -> tuple[str, ...]:
        key = (used.start, used.end)
        if key not in self._periods:
            start = from_epoch(used.start)
            month = month_bounds(start)
            # Rows come in the order of time: only the newest bucket is asked for again.
            self._periods = {key: tuple(map(rfc3339, (start, from_epoch(used.end), *month)))}
        return self._periods[key]


def metadata(*, at: datetime, start: datetime, end: datetime, generator: str, price_basis: str,
             simulated: bool) -> dict[str, Any]:
    """What stands in the file beside the rows."""
    return {
        "FocusVersion": VERSION, "DataGenerator": generator, "CreationDate": rfc3339(at),
        "Schema": {"SchemaId": f"token-console-focus-{VERSION}-1", "FocusVersion": VERSION,
                   "ColumnDefinition": [{"ColumnName": name} for name in COLUMNS]},
        "TimeSector": {"TimeSectorStart": rfc3339(start), "TimeSectorEnd": rfc3339(end)},
        "x_PricingSource": price_basis, "x_Simulated": simulated,
        "x_Note": "Costs are metered usage at known prices, not an invoice, and so InvoiceId is empty.",
    }


def _put(row: list[str], at: tuple[int, ...], values: tuple[str, ...]) -> None:
    for place, value in zip(at, values, strict=True):
        row[place] = value


def _json(values: Any) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"))
