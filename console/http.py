"""HTTP with every limit spelled out: one deadline, bounded bytes, no redirects, nothing taken from the environment.

Providers and switches talk to the outside through `BoundedClient` alone. What goes wrong is an `HttpFailure` whose
`kind` says what it means; a status code of the other side is not a failure here, its meaning belongs to the caller.
"""

from __future__ import annotations

import asyncio
import http.cookiejar
import ipaddress
import json as jsonlib
import re
import ssl
import sys
import time
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from console.errors import ProviderUnreachable
from console.text import clean

if TYPE_CHECKING:  # it takes a tenth of a second, and kinds of switches are known before the first paint
    import httpx

USER_AGENT = "token-console/0.1.0"
LIMIT_BYTES = 16 * 1024 * 1024
"""An answer may have so many bytes on the wire, and so many once decompressed."""
DEADLINE_S = 30.0
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_OFF_LOOP_BYTES = 64 * 1024
_LONGEST_NUMBER = 60
_ALIKE = bytes.maketrans(b"0123456789" + b":[ \t\r\n-", b"0" * 10 + b"," * 7)
_TOO_LONG = b"," + b"0" * 20
"""How a number of so many digits begins, once digits are alike, and what may stand before one."""

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
"""httpx then leaves its own command line out, and with it rich, click and pygments: 6 MB, and 50 ms."""


class Kind(StrEnum):
    """What went wrong, as callers treat it."""

    DEADLINE = "deadline"
    NETWORK = "network"
    TOO_LARGE = "too large"
    MALFORMED = "malformed"
    REDIRECT = "redirect"
    REFUSED = "refused"  # by us, before anything was sent


class HttpFailure(ProviderUnreachable):
    """No usable answer. The message never holds a header value, so never a key.

    sent: whether the other side may have received the request; False only where it certainly did not.
    """

    def __init__(self, kind: Kind, message: str, *, sent: bool = True) -> None:
        super().__init__(message)
        self.kind = kind
        self.sent = sent and kind is not Kind.REFUSED


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer of any status but 3xx. Header names are lower case; the body is decompressed."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    date: datetime | None = None
    """The `Date` header, aware, UTC."""
    took_s: float = 0.0
    """From sending the request to the last byte."""


class BoundedClient:
    """One pool of connections. Make it, use it and close it in one event loop.

    ca_file: a PEM file of certificate authorities in place of the built-in ones; verification cannot be turned off.
    """

    writes = True
    """Whether it lets through what changes something."""

    def __init__(self, *, ca_file: str | None = None) -> None:
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self._client: httpx.AsyncClient | None = None

    async def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] | None = None,
        json: object = None,
        body: bytes | None = None,
        *,
        deadline_s: float = DEADLINE_S,
        limit: int = LIMIT_BYTES,
        connect_to: str | None = None,
    ) -> Answer:
        """The answer to one request, whole and within `limit` bytes and `deadline_s` seconds in all.

        json: an object to send as JSON; body: bytes to send as they are; at most one of the two.
        connect_to: an address that was checked beforehand; the name in the URL is then not looked up again, but the
        certificate must still be the name's.
        Raises HttpFailure, also for every redirect: a redirect would carry the key to another place.
        """
        import httpx

        target = check_url(url)
        sent = _checked_headers(headers or {})
        if json is not None:
            body = jsonlib.dumps(json, separators=(",", ":")).encode()
            sent.setdefault("content-type", "application/json")
        extensions: dict[str, Any] = {}
        if connect_to is not None:
            sent["host"] = target.netloc.decode("ascii")
            extensions["sni_hostname"] = target.host
            target = target.copy_with(host=connect_to)
        if params:
            target = target.copy_merge_params(list(params))
        place = _place(target)

        async def over(client: httpx.AsyncClient) -> Answer:
            request = client.build_request(method, target, headers=sent, content=body, extensions=extensions)
            return await _exchange(client, request, limit, place)

        try:
            async with asyncio.timeout(deadline_s):
                if connect_to is None:
                    return await over(self._pool())
                # A pool tells connections apart by address. One to a given address was checked for one name only, so
                # it is never shared with a request for another.
                async with self._new_client() as alone:
                    return await over(alone)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise HttpFailure(Kind.DEADLINE, f"{place} did not answer in full within {deadline_s:g} s") from error
        except httpx.ConnectError as error:
            raise HttpFailure(Kind.NETWORK, f"{place} could not be reached: {_reason(error)}", sent=False) from error
        except httpx.RemoteProtocolError as error:
            # The library has one class for an answer that is not HTTP and for no answer at all.
            kind = Kind.NETWORK if "without sending a response" in str(error) else Kind.MALFORMED
            raise HttpFailure(kind, f"{place} broke off or broke HTTP: {_reason(error)}") from error
        except (httpx.HTTPError, OSError) as error:
            raise HttpFailure(Kind.NETWORK, f"the connection to {place} failed: {_reason(error)}") from error

    async def close(self) -> None:
        """Let the connections go. A later request would open new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _pool(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._new_client()
        return self._client

    def _new_client(self) -> httpx.AsyncClient:
        self._tls = self._tls or _tls(self._ca_file)
        return _client(self._tls)


def check_url(url: str) -> httpx.URL:
    """The URL, if a key may be sent there: https anywhere, plain http to loopback only. Raises HttpFailure."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise HttpFailure(Kind.REFUSED, f"{clean(str(url), 200)} is not a web address") from error
    if not parsed.host or parsed.userinfo:
        raise HttpFailure(Kind.REFUSED, f"{_place(parsed)} is not an address a key is sent to: write https://host/path")
    if parsed.scheme != "https" and not (parsed.scheme == "http" and _is_loopback(parsed.host)):
        raise HttpFailure(Kind.REFUSED, f"{_place(parsed)} must be https, or http to this machine itself")
    return parsed


def parse_json(body: bytes) -> Any:
    """What a JSON document says, floats as Decimal. Raises HttpFailure (malformed) for anything doubtful.

    Doubtful is: not UTF-8, NaN and infinities, numbers out of any useful range, integers of more than 19 digits,
    an object that names a key twice, nesting too deep to follow. Megabytes take long: call it in a thread.
    """
    try:
        text = body.decode("utf-8")
        integer = _integer if _TOO_LONG in (b"," + body).translate(_ALIKE) else None  # for each is slow
        value = jsonlib.loads(
            text, parse_float=_decimal, parse_int=integer, parse_constant=_constant, object_pairs_hook=_object
        )
        # Half a surrogate pair is legal in JSON and can be stored nowhere.
        return _mended(value) if "\\ud" in text or "\\uD" in text else value
    except RecursionError as error:
        raise HttpFailure(Kind.MALFORMED, "the JSON is nested too deeply") from error
    except ValueError as error:
        raise HttpFailure(Kind.MALFORMED, f"not usable as JSON: {clean(str(error), 200)}") from error


def _decimal(digits: str) -> Decimal:
    value = Decimal(digits) if len(digits) <= _LONGEST_NUMBER else None
    if value is None or not -_LONGEST_NUMBER <= value.adjusted() <= _LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:30]} is out of range")
    return value


def _integer(digits: str) -> int:
    if len(digits) > 20 or len(digits.lstrip("-")) > 19:
        raise ValueError(f"the number {digits[:30]} has more than 19 digits")
    return int(digits)


def _constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("an object names a key twice")
    return made


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value


def _tls(ca_file: str | None) -> ssl.SSLContext:
    import httpx

    if ca_file is None:
        context = httpx.create_ssl_context(trust_env=False)
    else:
        context = ssl.create_default_context(cafile=ca_file)  # of that file alone
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _client(context: ssl.SSLContext) -> httpx.AsyncClient:
    import httpx

    no_cookies = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        verify=context,
        trust_env=False,
        follow_redirects=False,
        cookies=no_cookies,
        timeout=None,  # noqa: S113  one deadline around the whole exchange, instead of one for every read
        headers={"user-agent": USER_AGENT, "accept": "application/json", "accept-encoding": "gzip, identity"},
    )


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise HttpFailure(Kind.REFUSED, f"{clean(name, 80)!r} is not a header name")
        if not all(" " <= character <= "~" for character in value) or value != value.strip():
            raise HttpFailure(
                Kind.REFUSED,
                f"the value of header {name} holds characters that may not be sent (a line break, a space at an end, "
                "or a letter beyond ASCII); check the secret or setting it comes from",
            )
    return {name.lower(): value for name, value in headers.items()}


async def _exchange(client: httpx.AsyncClient, request: httpx.Request, limit: int, place: str) -> Answer:
    begun = time.monotonic()
    response = await client.send(request, stream=True, follow_redirects=False)
    try:
        if 300 <= response.status_code < 400:
            where = clean(response.headers.get("location", "nowhere"), 200)
            raise HttpFailure(
                Kind.REDIRECT,
                f"{place} answered {response.status_code} and points to {where}; redirects are not followed, because "
                "the key would go along. Configure the final address.",
            )
        raw = await _read_bounded(response, limit, place)
        took_s = time.monotonic() - begun
    finally:
        await response.aclose()
    decoded = await _decoded(raw, response.headers.get("content-encoding", ""), limit, place)
    return Answer(response.status_code, dict(response.headers), decoded, _date(response.headers.get("date")),
                  took_s)


async def _read_bounded(response: httpx.Response, limit: int, place: str) -> bytes:
    declared = response.headers.get("content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise HttpFailure(Kind.TOO_LARGE, f"{place} wants to send {declared} bytes, more than the {limit} allowed")
    raw = bytearray()
    chunks: AsyncIterator[bytes] = response.aiter_raw()
    async for chunk in chunks:
        raw += chunk
        if len(raw) > limit:
            raise HttpFailure(Kind.TOO_LARGE, f"{place} sent more than {limit} bytes")
    if declared is not None and declared.isdigit() and int(declared) != len(raw):
        raise HttpFailure(Kind.MALFORMED, f"{place} announced {declared} bytes and sent {len(raw)}")
    return bytes(raw)


async def _decoded(raw: bytes, encoding: str, limit: int, place: str) -> bytes:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise HttpFailure(Kind.MALFORMED, f"{place} answered in the encoding {clean(encoding, 40)}, never asked for")
    if len(raw) < _OFF_LOOP_BYTES:
        return inflated(raw, limit, place)
    return await asyncio.to_thread(inflated, raw, limit, place)


_WINDOWS = {"gzip": 31, "deflate": 15}


def inflated(raw: bytes, limit: int, place: str, form: str = "gzip") -> bytes:
    """One gzip member, or one of HTTP's `deflate`, and nothing after it. Its end mark is demanded: a cut body must not
    pass as a short one."""
    inflater = zlib.decompressobj(wbits=_WINDOWS[form])
    try:
        out = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise HttpFailure(Kind.MALFORMED, f"{place} sent damaged {form}") from error
    if len(out) > limit:
        raise HttpFailure(Kind.TOO_LARGE, f"{place} sent more than {limit} bytes once decompressed")
    if not inflater.eof or inflater.unused_data:
        raise HttpFailure(Kind.MALFORMED, f"{place} sent {form} that is cut short or has something after its end")
    return out


def _date(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        at = parsedate_to_datetime(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _place(url: httpx.URL) -> str:
    """Scheme, host and path; never user information or a query."""
    port = f":{url.port}" if url.port else ""
    return clean(f"{url.scheme}://{url.host}{port}{url.path}", 200)


def _reason(error: Exception) -> str:
    return clean(str(error) or type(error).__name__, 200)
