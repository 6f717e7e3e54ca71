"""What Bedrock itself cost by day, from Cost Explorer. Each request costs a cent, so there are as few as can be.

Two requests an account: which services of the bill are Bedrock's (models of third parties are billed under names of
their own, which end in "(Amazon Bedrock Edition)"), and their cost by day, service and usage type. Pages cost too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

from console.aws.account import Account
from console.aws.arns import account_of
from console.aws.errors import Place
from console.money import from_usd
from console.providers.shared.fields import UnusableError, objects, required
from console.providers.source import BilledRow, Dimensions
from console.text import clean

MOST_PAGES = 100
_METRIC = "UnblendedCost"


async def billed(aws: Account, place: Place, account: str, start: date, end: date) -> tuple[list[BilledRow], int]:
    """The lines of one account for [start, end), and the requests it took. Raises AwsError, UnusableError."""
    period = {"Start": start.isoformat(), "End": end.isoformat()}
    this_account = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account]}}
    services, requests = set[str](), 0
    async for said in _pages(aws, place, "GetDimensionValues", {
            "TimePeriod": period, "Dimension": "SERVICE", "SearchString": "Bedrock", "Context": "COST_AND_USAGE"}):
        requests += 1
        services |= {required(value, "Value") for value in objects(said, "DimensionValues")}
    if not services:
        return [], requests
    lines: dict[tuple[date, Dimensions], BilledRow] = {}
    async for said in _pages(aws, place, "GetCostAndUsage", {
            "TimePeriod": period, "Granularity": "DAILY", "Metrics": [_METRIC],
            "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in ("SERVICE", "USAGE_TYPE")],
            "Filter": {"And": [this_account, {"Dimensions": {"Key": "SERVICE", "Values": sorted(services)}}]}}):
        requests += 1
        for day in objects(said, "ResultsByTime"):
            for line in _lines(account, day):
                if lines.setdefault((line.day, line.dimensions), line) is not line:
                    raise UnusableError(f"the cost of {line.day} names the same line twice")
    return list(lines.values()), requests


async def _pages(aws: Account, place: Place, operation: str,
                 asked: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
    """Every page to the last. Raises AwsError, UnusableError."""
    cursor: object = None
    for _ in range(MOST_PAGES):
        said = (await aws.call("ce", operation, place, {**asked, "NextPageToken": cursor} if cursor else asked)).said
        yield said
        if not said.get("NextPageToken"):
            return
        if said["NextPageToken"] == cursor:
            raise UnusableError("the cost gave the same next page twice, so it would never end")
        cursor = said["NextPageToken"]
    raise UnusableError(f"the cost did not end after {MOST_PAGES} pages")


def own_account(arn: str) -> str:
    """The account number of an identity. Raises UnusableError."""
    account = account_of(arn)
    if not (len(account) == 12 and account.isdigit()):
        raise UnusableError(f"{clean(arn, 80)} is not an identity with an account")
    return account


def _lines(account: str, day: Mapping[str, Any]) -> list[BilledRow]:
    try:
        on = date.fromisoformat(str(day["TimePeriod"]["Start"]))
        return [_line(account, on, group["Keys"], group["Metrics"][_METRIC]) for group in objects(day, "Groups")]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnusableError(f"a day of the cost cannot be read: {clean(str(error), 120)}") from error


def _line(account: str, day: date, keys: list[str], cost: Mapping[str, str]) -> BilledRow:
    service, usage_type = keys
    if cost["Unit"] != "USD":
        raise ValueError(f"it is in {cost['Unit']}; only USD is understood")
    dimensions = (("account", account), ("service", str(service)), ("usage_type", str(usage_type)))
    return BilledRow(day, dimensions, from_usd(cost["Amount"]), "USD", _cost_type(str(usage_type)))


def _cost_type(usage_type: str) -> str:
    """`tokens` where the usage type counts them, as its name says; else its own word."""
    return "tokens" if "token" in usage_type.lower() else "other"
