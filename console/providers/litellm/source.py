"""A LiteLLM gateway as a source. Everything here reads; what blocks a key or a team is a switch of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlsplit

from console.clock import Clock, SystemClock, epoch, from_epoch
from console.http import LIMIT_BYTES, BoundedClient
from console.providers.litellm import HOUR, KIND, MINUTE
from console.providers.litellm.daily import DailyReading
from console.providers.litellm.failures import READS_ALL, classify
from console.providers.litellm.names import MASTER, SEES_ALL, read_keys, read_teams, read_user
from console.providers.litellm.spend import Place, SpendReading
from console.providers.rows import Rows
from console.providers.shared.asking import MOST_PAGES, Api, Manners, Tally
from console.providers.shared.failures import StatusError
from console.providers.source import ROWS_AT_ONCE, BilledRow, Failure, Named, SourceError, UsageWindow

ROWS_A_PAGE = 1000
NAMES_A_PAGE = 100
FINE_S, COARSE_S = 120.0, 600.0
"""How long one whole window may take: of minutes; of hours, which is read once, at the first start."""


class LitellmSource:
    """One gateway. `key` gives a key that sees all spend, each time that one is needed."""

    kind = KIND.kind
    capabilities = KIND.capabilities

    def __init__(self, name: str, base_url: str, key: Callable[[], str], client: BoundedClient | None = None, *,
                 deadline_s: float = 30.0, clock: Clock | None = None, rows_a_page: int = ROWS_A_PAGE) -> None:
        self.name = name
        self._client = client or BoundedClient()
        self._clock = clock or SystemClock()
        manners = Manners(headers=lambda secret: {"authorization": f"Bearer {secret}"}, window=_window,
                          classify=classify)
        self._api = Api(name, base_url, manners, key, self._client, deadline_s, self._clock)
        self._most, self._size = rows_a_page, rows_a_page

    async def usage(self, start: int, end: int, width: int) -> UsageWindow:
        """Every series of [start, end), both on bucket boundaries, added up from the calls that were logged."""
        if width not in self.capabilities.bucket_widths or start % width or end % width or end <= start:
            raise ValueError(f"[{start}, {end}) is not a window of whole buckets of {width} s")
        tally = Tally()
        async with self._api.within(COARSE_S if width >= HOUR else FINE_S, "usage", tally):
            rows, until = await self._read(start, end, width, tally)
        return UsageWindow(start, until, width, rows, tally.requests, tally.server_time, tuple(tally.ahead_s),
                           more=until < end)

    async def billed(self, start: date, end: date) -> list[BilledRow]:
        """What the gateway reckons each day cost, by its own price list. Today's part is partial."""
        tally, reading = Tally(), DailyReading()
        # Never a time zone: with any, LiteLLM has counted days twice.
        params = [("start_date", start.isoformat()), ("end_date", (end - timedelta(days=1)).isoformat()),
                  ("page_size", str(ROWS_A_PAGE))]
        async with self._api.within(FINE_S, "cost", tally):
            for page in range(1, MOST_PAGES):
                more = await self._api.get("user/daily/activity", [*params, ("page", str(page))], reading.page, tally)
                if not more:
                    return [line for line in reading.lines() if start <= line.day < end]
        raise self._endless("user/daily/activity", tally)

    async def names(self) -> list[Named]:
        """Every key and every team."""
        tally = Tally()
        async with self._api.within(FINE_S, "names", tally):
            keys = await self._list("key/list", [("size", str(NAMES_A_PAGE)), ("return_full_object", "true")],
                                    partial(read_keys, self._clock.now()), tally)
            return keys + await self._list("v2/team/list", [("page_size", str(NAMES_A_PAGE))], read_teams, tally)

    async def check(self) -> Named:
        """The gateway, where this key sees all of its spend. To any other user it shows that user's part, and no word
        of it: figures that are too low."""
        tally, now = Tally(), epoch(self._clock.now())
        reading = SpendReading(now, MINUTE, 1)
        await self._api.get("spend/logs/v2", [*_window(now - 1, now), ("page_size", "1"), ("page", "1")],
                            lambda body: reading.page(body, Place(now - 1)), tally)
        try:
            user, role = await self._api.get("v2/user/info", [], read_user, tally)
        except StatusError as error:
            if error.status not in (400, 404):  # the key of no user, the master key: nothing is cut down
                raise
            user = role = None
        if role is not None and role not in SEES_ALL and not (user == MASTER and await self._has_no_row(tally)):
            raise SourceError(Failure.FORBIDDEN, f"{self.name}: this key is a user's with the role {role}, to whom the "
                              f"gateway shows that user's own spend only. Use {READS_ALL}.")
        place = urlsplit(self._api.base_url).netloc
        return Named("organisation", place, f"the LiteLLM gateway at {place}")

    async def close(self) -> None:
        await self._client.close()

    async def _has_no_row(self, tally: Tally) -> bool:
        """Whether the gateway takes this key and knows no row of it: of its user's keys, the master key alone."""
        try:
            await self._api.get("key/info", [], lambda body: None, tally)
        except StatusError as error:
            if error.status != 404:
                raise
            return True
        return False

    async def _read(self, start: int, end: int, width: int, tally: Tally) -> tuple[Rows, int]:
        """The calls from `start` on and up to where, from there again with smaller pages for as long as one is too
        large."""
        while True:
            reading, place = SpendReading(end, width, self._size), Place(start)
            tally.largest = 0
            try:
                for _ in range(100 * MOST_PAGES):
                    then = await self._page(reading, place, tally)
                    if then is None:
                        if tally.largest < LIMIT_BYTES // 8:
                            self._size = min(self._most, self._size * 2)
                        return reading.rows(end), end
                    whole = then.second // width * width
                    if len(reading.sums) >= ROWS_AT_ONCE and whole > start:
                        return reading.rows(whole), whole
                    place = then
            except SourceError as error:
                if error.failure is not Failure.TOO_LARGE or self._size == 1:
                    raise
                self._size = max(1, self._size // 4)
                continue
            raise self._endless("spend/logs/v2", tally)

    async def _page(self, reading: SpendReading, place: Place, tally: Tally) -> Place | None:
        params = [*_window(place.second, reading.end), ("sort_by", "startTime"), ("sort_order", "asc"),
                  ("page", str(place.page)), ("page_size", str(reading.size))]

        def read(body: bytes) -> Place | None:
            tally.largest = max(tally.largest, len(body))
            return reading.page(body, place)

        return await self._api.get("spend/logs/v2", params, read, tally)

    async def _list(self, path: str, params: list[tuple[str, str]],
                    read: Callable[[bytes], tuple[list[Named], int]], tally: Tally) -> list[Named]:
        found: dict[str, Named] = {}
        for page in range(1, MOST_PAGES):
            named, pages = await self._api.get(path, [*params, ("page", str(page))], partial(read), tally)
            found |= {each.identifier: each for each in named}
            if page >= pages:
                return list(found.values())
        raise self._endless(path, tally)

    def _endless(self, path: str, tally: Tally) -> SourceError:
        return SourceError(Failure.MALFORMED, f"{self.name}: {path} did not come to an end", requests=tally.requests)


def _window(start: int, end: int) -> list[tuple[str, str]]:
    """In UTC. Both ends belong to it: what begins at the last instant is left out when it was read."""
    return [(name, f"{from_epoch(at):%Y-%m-%d %H:%M:%S}") for name, at in (("start_date", start), ("end_date", end))]
