"""Amazon Bedrock as a source: tokens and calls from CloudWatch, in each account and region that is configured.

Everything here reads. A window is whole over all accounts and regions, or it is an error that names those that were not
read: half of an organisation's usage would look like an organisation that spends half. Accounts that are to go on
without each other are sources of their own, one `[[sources]]` table each.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from console.aws.account import Account
from console.aws.errors import AwsError, Place, Refusal
from console.clock import Clock, SystemClock, from_epoch
from console.providers.bedrock import cost
from console.providers.bedrock.asking import Asking, side_by_side
from console.providers.bedrock.metrics import NAMESPACES, Listing, Measure, Series, batches, profile_of, query
from console.providers.bedrock.profiles import Profiles
from console.providers.bedrock.reading import Reading, complete
from console.providers.rows import Rows
from console.providers.shared.asking import Tally
from console.providers.shared.fields import UnusableError, objects
from console.providers.shared.portions import Portions
from console.providers.source import (
    ROWS_AT_ONCE,
    BilledRow,
    Capabilities,
    Failure,
    Named,
    SourceError,
    UsageWindow,
)
from console.text import clean

log = logging.getLogger(__name__)

LISTED_S = 300.0
"""Which series there are is asked for anew after so long."""
_LEAST = 60
"""No fewer buckets are asked for at a time, and more rows than of other sources: AWS charges for each request."""
COST_AGAIN_S = 3600.0
"""A reading of the cost that failed is not tried again before: each request costs a cent."""
_LOOK_UP_AGAIN_S = (0.3, 0.9)
"""Waits before the models of profiles are asked for again: a hiccup there must not price a workload at the dearest."""
_DEAD = frozenset({"InvalidNextToken", "InvalidNextTokenException"})
"""A cursor that is not known any more."""


class BedrockSource:
    """places: every account and region that is read. budget_s: how long one whole read may take, all pages together.

    reads: False for who is only asked who it is, and need not be able to read.
    """

    kind = "bedrock"

    def __init__(self, name: str, aws: Account, places: Sequence[Place], capabilities: Capabilities, *,
                 clock: Clock | None = None, budget_s: float = 120.0, deadline_s: float = 20.0,
                 reads: bool = True) -> None:
        self.name = name
        self.capabilities = capabilities
        self._aws = aws
        self._places = tuple(places)
        self._clock = clock or SystemClock()
        self._asking = Asking(name, aws, self._clock, deadline_s)
        self._budget_s = budget_s
        self._reads = reads
        self._listings: dict[Place, tuple[float, Listing]] = {}
        self._accounts: dict[str | None, str] = {}
        self._portions = Portions(5 * ROWS_AT_ONCE, _LEAST)
        self._profiles = {place: Profiles() for place in self._places}

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries, of every account and region. Raises SourceError."""
        if width not in self.capabilities.bucket_widths or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally, until = Tally(), self._portions.until(start, end, width)
        async with self._asking.within(self._budget_s, "usage", tally):
            groups = await self._asking.everywhere(
                self._places, lambda place: self._read(place, start, until, width, tally), tally)
        rows = Rows()
        for group in groups:
            rows.extend(group)
        self._portions.learn((until - start) // width, len(rows))
        return UsageWindow(start, until, width, rows, tally.requests, tally.server_time, tuple(tally.ahead_s),
                           more=until < end)

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """What AWS itself says each day cost; nothing, and no request, unless the source is set to ask."""
        if not self.capabilities.reports_cost:
            return []
        tally = Tally()
        one_of_each = tuple({place.role: place for place in reversed(self._places)}.values())
        try:
            async with self._asking.within(self._budget_s, "cost", tally):
                groups = await self._asking.everywhere(
                    one_of_each, lambda place: self._cost(place, start, end, tally), tally)
        except SourceError as error:
            again = max(COST_AGAIN_S, error.retry_after_s or 0.0)
            # To be asked too often here says nothing of the metrics: they are not left alone for it.
            failure = Failure.UNAVAILABLE if error.failure is Failure.RATE_LIMITED else error.failure
            raise SourceError(failure, str(error), retry_after_s=again, requests=error.requests) from error
        return [line for group in groups for line in group]

    async def names(self) -> list[Named]:
        """Every application inference profile of every account and region."""
        tally = Tally()
        async with self._asking.within(self._budget_s, "names", tally):
            await self._asking.everywhere(self._places, lambda place: self._name(place, tally), tally)
        return [named for profiles in self._profiles.values() for named in profiles.named()]

    async def check(self) -> Named:
        """Who the console is in each account, and whether it may read the metrics in each region."""
        tally = Tally()
        async with self._asking.within(self._budget_s, "check", tally):
            accounts = await self._asking.everywhere(self._places, lambda place: self._account(place, tally), tally)
            if self._reads:
                await self._asking.everywhere(self._places, lambda place: self._listing(place, tally), tally)
        regions = sorted({place.region for place in self._places})
        return Named("organisation", ", ".join(sorted(set(accounts))), f"Amazon Bedrock in {', '.join(regions)}")

    async def close(self) -> None:
        await self._aws.close()

    async def _read(self, place: Place, start: int, end: int, width: int, tally: Tally) -> Rows:
        """One account and region; from its start once more where an answer was not usable, or a cursor died."""
        try:
            return await self._read_once(place, start, end, width, tally)
        except (AwsError, UnusableError) as error:
            if isinstance(error, AwsError) and error.refusal is not Refusal.MALFORMED and error.code not in _DEAD:
                raise
        return await self._read_once(place, start, end, width, tally)

    async def _read_once(self, place: Place, start: int, end: int, width: int, tally: Tally) -> Rows:
        account = await self._account(place, tally)
        listing = await self._listing(place, tally)
        reading = Reading(start, end, width)
        span = {"StartTime": from_epoch(start), "EndTime": from_epoch(end)}

        async def batch(asked: list[tuple[Series, Measure]]) -> None:
            queries = [query(number, *each, width) for number, each in enumerate(asked)]
            states: dict[str, str] = {}
            async for said in self._asking.pages("cloudwatch", "GetMetricData", place,
                                                 {**span, "MetricDataQueries": queries}, tally):
                await asyncio.to_thread(reading.page, said, asked, states)
            complete(states, len(asked))

        await side_by_side(batch(asked) for asked in batches(listing.queries()))
        profiles = self._profiles[place]
        if missing := profiles.unknown(map(profile_of, reading.counts)):
            await self._look_up(place, missing, tally)
        return await asyncio.to_thread(reading.rows, account, place.region, profiles.models)

    async def _listing(self, place: Place, tally: Tally) -> Listing:
        """Which metrics had data in the last two weeks, in both namespaces."""
        asked_at, listing = self._listings.get(place, (-LISTED_S, Listing()))
        if time.monotonic() - asked_at < LISTED_S:
            return listing
        before, listing = listing.unmapped, Listing()
        for namespace in NAMESPACES:
            async for said in self._asking.pages("cloudwatch", "ListMetrics", place, {"Namespace": namespace}, tally):
                await asyncio.to_thread(listing.add, objects(said, "Metrics"))
        if new := listing.unmapped - before:
            log.warning("%s: %s: not in the figures, because nobody knows here what it counts: %s", self.name, place,
                        clean(", ".join(sorted(new)), 300))
        self._listings[place] = (time.monotonic(), listing)
        return listing

    async def _look_up(self, place: Place, missing: set[str], tally: Tally) -> None:
        """Which models are behind these profiles; where nobody says so, they are read all the same, and unpriced.

        Raises AwsError where it is not permitted, since to permit it mends that.
        """
        for wait_s in (*_LOOK_UP_AGAIN_S, None):
            try:
                await self._name(place, tally)
            except AwsError as error:
                if error.refusal in (Refusal.UNAUTHORISED, Refusal.FORBIDDEN):
                    raise
                if wait_s is None:
                    log.warning("%s: the models of %d inference profiles are not known and count at the dearest price: "
                                "%s", self.name, len(missing), error)
                    return
                await self._clock.sleep(wait_s)
            else:
                self._profiles[place].give_up(missing)
                return

    async def _name(self, place: Place, tally: Tally) -> None:
        found: list[Mapping[str, Any]] = []
        pages = self._asking.pages("bedrock", "ListInferenceProfiles", place,
                                   {"typeEquals": "APPLICATION", "maxResults": 1000}, tally, cursor_key="nextToken")
        async for said in pages:
            found.extend(objects(said, "inferenceProfileSummaries"))
        self._profiles[place].learn(found)

    async def _cost(self, place: Place, start: date, end: date, tally: Tally) -> list[BilledRow]:
        lines, requests = await cost.billed(self._aws, place, await self._account(place, tally), start, end)
        tally.requests += requests
        return lines

    async def _account(self, place: Place, tally: Tally) -> str:
        """The account's number: the role's, or that of the credential itself."""
        if place.role not in self._accounts:
            tally.requests += 1
            self._accounts[place.role] = cost.own_account(await self._aws.identity(place))
        return self._accounts[place.role]
