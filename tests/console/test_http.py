"""What the bounded client promises, over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from console.http import Answer, BoundedClient, HttpFailure, Kind, check_url, parse_json
from tests.support.http_server import CERTIFICATE, Asked, Reply, json_reply, serving, tls

KEY = "sk-ant-admin01-SECRET"


@pytest.fixture
async def client() -> AsyncIterator[BoundedClient]:
    made = BoundedClient()
    yield made
    await made.close()


async def get(client: BoundedClient, reply: Reply, *, limit: int = 1_000_000, deadline_s: float = 10.0) -> Answer:
    with serving(lambda asked: reply) as server:
        return await client.request("GET", server.url + "/x", limit=limit, deadline_s=deadline_s)


async def failure(
    client: BoundedClient, reply: Reply, *, limit: int = 1_000_000, deadline_s: float = 10.0
) -> HttpFailure:
    with pytest.raises(HttpFailure) as caught:
        await get(client, reply, limit=limit, deadline_s=deadline_s)
    return caught.value


async def test_an_answer_arrives_whole_with_its_date(client: BoundedClient) -> None:
    with serving(lambda asked: json_reply({"a": 1}, 418, request_id="req_1")) as server:
        answer = await client.request(
            "POST", server.url + "/p", {"X-Api-Key": KEY}, [("g[]", "a b"), ("g[]", "c&d")], {"n": 1}
        )
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.body) == ("POST", "/p", b'{"n":1}')
    assert asked.all("g[]") == ["a b", "c&d"]
    assert asked.headers["x-api-key"] == KEY
    assert asked.headers["user-agent"] == "token-console/0.1.0"
    assert asked.headers["accept-encoding"] == "gzip, identity"
    assert answer.status == 418
    assert answer.body == b'{"a": 1}'
    assert answer.headers["request-id"] == "req_1"
    assert answer.date is not None
    assert abs(answer.date - datetime.now(UTC)).total_seconds() < 60


@asynccontextmanager
async def talking(said: bytes) -> AsyncIterator[str]:
    """A server that says these bytes to any request and hangs up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"


async def say(client: BoundedClient, said: bytes) -> HttpFailure:
    async with talking(said) as url:
        with pytest.raises(HttpFailure) as caught:
            await client.request("GET", url)
    return caught.value


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Foo 2026 99:99:99 GMT", "\x80"])
async def test_a_date_that_is_none_is_none(client: BoundedClient, date: str) -> None:
    said = f"HTTP/1.1 200 OK\r\ndate: {date}\r\ncontent-length: 0\r\n\r\n".encode("latin-1")
    async with talking(said) as url:
        assert (await client.request("GET", url)).date is None


async def test_a_date_is_read_as_utc(client: BoundedClient) -> None:
    async with talking(b"HTTP/1.1 200 OK\r\ndate: Mon, 23 Nov 2026 14:05:00 GMT\r\ncontent-length: 0\r\n\r\n") as url:
        assert (await client.request("GET", url)).date == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


async def test_a_header_name_is_checked_too(client: BoundedClient) -> None:
    with pytest.raises(HttpFailure, match="not a header name") as caught:
        await client.request("GET", "https://localhost/", {"x y": "1"})
    assert caught.value.kind is Kind.REFUSED


async def test_gzip_is_decoded(client: BoundedClient) -> None:
    body = b"token " * 50_000
    assert (await get(client, Reply(200, gzip.compress(body), {"content-encoding": "gzip"}))).body == body


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 20])
async def test_gzip_cut_short_is_malformed_even_when_the_text_looks_complete(client: BoundedClient, cut: int) -> None:
    body = gzip.compress(b'{"data": [], "has_more": false}')[:-cut]
    assert (await failure(client, Reply(200, body, {"content-encoding": "gzip"}))).kind is Kind.MALFORMED


async def test_gzip_with_something_after_its_end_is_malformed(client: BoundedClient) -> None:
    body = gzip.compress(b"{}") + b"more"
    assert (await failure(client, Reply(200, body, {"content-encoding": "gzip"}))).kind is Kind.MALFORMED


async def test_damaged_gzip_is_malformed(client: BoundedClient) -> None:
    assert (await failure(client, Reply(200, b"not gzip", {"content-encoding": "gzip"}))).kind is Kind.MALFORMED


async def test_a_decompression_bomb_is_too_large(client: BoundedClient) -> None:
    bomb = gzip.compress(bytes(40_000_000))
    assert len(bomb) < 100_000
    assert (await failure(client, Reply(200, bomb, {"content-encoding": "gzip"}))).kind is Kind.TOO_LARGE


async def test_an_encoding_that_was_not_asked_for_is_malformed(client: BoundedClient) -> None:
    assert (await failure(client, Reply(200, b"??", {"content-encoding": "br"}))).kind is Kind.MALFORMED


async def test_too_much_is_refused_before_reading_where_the_length_is_announced(client: BoundedClient) -> None:
    refused = await failure(client, Reply(200, b"x" * 2000), limit=1000)
    assert refused.kind is Kind.TOO_LARGE
    assert "2000" in str(refused)


async def test_an_endless_body_is_too_large(client: BoundedClient) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 4096

    assert (await failure(client, Reply(chunks=endless()), limit=100_000)).kind is Kind.TOO_LARGE


async def test_a_body_exactly_at_the_limit_is_accepted(client: BoundedClient) -> None:
    assert len((await get(client, Reply(200, b"x" * 1000), limit=1000)).body) == 1000
    packed = Reply(200, gzip.compress(b"x" * 1000), {"content-encoding": "gzip"})
    assert len((await get(client, packed, limit=1000)).body) == 1000


async def test_fewer_bytes_than_announced_is_malformed(client: BoundedClient) -> None:
    assert (await failure(client, Reply(200, b'{"a":1}', length=400))).kind is Kind.MALFORMED


async def test_a_slow_drip_ends_at_the_deadline(client: BoundedClient) -> None:
    def drip() -> Iterator[bytes]:
        while not server.stopping.wait(0.05):
            yield b"x"

    with serving(lambda asked: Reply(chunks=drip())) as server, pytest.raises(HttpFailure) as caught:
        await client.request("GET", server.url, deadline_s=0.5)
    assert caught.value.kind is Kind.DEADLINE
    assert caught.value.sent


async def test_a_cancelled_request_is_cancelled_and_not_a_deadline(client: BoundedClient) -> None:
    arrived = threading.Event()

    def never(asked: Asked) -> Reply:
        arrived.set()
        server.stopping.wait(10)
        return Reply()

    with serving(never) as server:
        task = asyncio.create_task(client.request("GET", server.url))
        await asyncio.to_thread(arrived.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_nobody_listening_is_a_network_failure_that_was_not_sent(client: BoundedClient) -> None:
    with serving(lambda asked: Reply()) as server:
        gone = server.url
    with pytest.raises(HttpFailure) as caught:
        await client.request("GET", gone)
    assert caught.value.kind is Kind.NETWORK
    assert not caught.value.sent


@pytest.mark.parametrize(
    "said",
    [
        b"220 smtp ready\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000,
    ],
)
async def test_an_answer_that_is_not_whole_http_is_malformed(client: BoundedClient, said: bytes) -> None:
    assert (await say(client, said)).kind is Kind.MALFORMED


async def test_hanging_up_without_a_word_is_a_network_failure_that_may_have_arrived(client: BoundedClient) -> None:
    silent = await say(client, b"")
    assert silent.kind is Kind.NETWORK
    assert silent.sent


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_the_key_goes_nowhere(client: BoundedClient, status: int) -> None:
    with serving(lambda asked: Reply()) as thief:
        where = thief.url + "/steal\u009b31m"
        reply = Reply(status, headers={"location": where.encode().decode("latin-1")})
        with serving(lambda asked: reply) as server, pytest.raises(HttpFailure) as caught:
            await client.request("GET", server.url, {"x-api-key": KEY})
    assert thief.asked == []
    assert caught.value.kind is Kind.REDIRECT
    assert thief.url in str(caught.value)
    assert "\u009b" not in str(caught.value)


async def test_cookies_are_not_kept(client: BoundedClient) -> None:
    with serving(lambda asked: Reply(headers={"set-cookie": "a=b"})) as server:
        await client.request("GET", server.url)
        await client.request("GET", server.url)
    assert "cookie" not in server.asked[1].headers


async def test_the_environment_has_no_say(client: BoundedClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda asked: Reply(502)) as proxy, serving(lambda asked: Reply(200)) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert (await client.request("GET", server.url)).status == 200
    assert proxy.asked == []


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\n", "a\0b", "käse", " ", "\x7f"])
async def test_a_header_value_that_could_break_out_is_refused_unsaid(client: BoundedClient, value: str) -> None:
    with serving(lambda asked: Reply()) as server, pytest.raises(HttpFailure) as caught:
        await client.request("GET", server.url, {"x-api-key": KEY + value})
    assert server.asked == []
    assert caught.value.kind is Kind.REFUSED
    assert not caught.value.sent
    assert KEY not in str(caught.value)


async def test_the_key_is_in_no_log_record_and_no_repr(client: BoundedClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), serving(lambda asked: json_reply({"echo": KEY})) as server:
        answer = await client.request("GET", server.url, {"x-api-key": KEY})
    assert KEY not in caplog.text
    assert KEY not in repr(answer)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.anthropic.com",
        "http://10.0.0.1/",
        "ftp://localhost/",
        "https://",
        "https://user:secret@host/",
        "not a url",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "",
    ],
)
def test_keys_go_to_https_or_loopback_only(url: str) -> None:
    with pytest.raises(HttpFailure) as caught:
        check_url(url)
    assert caught.value.kind is Kind.REFUSED
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://api.anthropic.com", "http://localhost:8080/x", "http://127.0.0.1", "http://[::1]:9"]
)
def test_addresses_that_are_fine(url: str) -> None:
    assert str(check_url(url)) == url


async def test_a_checked_address_is_connected_to_without_a_second_look_up(client: BoundedClient) -> None:
    with serving(lambda asked: Reply(200)) as server:
        port = server.url.rsplit(":", 1)[1]
        await client.request("GET", f"http://localhost:{port}/hook", connect_to="127.0.0.1")
    assert server.asked[0].headers["host"] == f"localhost:{port}"


async def test_a_certificate_that_nobody_vouches_for_is_refused(client: BoundedClient) -> None:
    with serving(lambda asked: Reply(), tls()) as server, pytest.raises(HttpFailure, match="certificate") as caught:
        await client.request("GET", server.url, {"x-api-key": KEY})
    assert caught.value.kind is Kind.NETWORK
    assert server.asked == []


@pytest.fixture
async def trusting() -> AsyncIterator[BoundedClient]:
    """A client that trusts the test's own authority and no other."""
    made = BoundedClient(ca_file=str(CERTIFICATE))
    yield made
    await made.close()


async def test_an_authority_of_ones_own_is_trusted_by_file(trusting: BoundedClient) -> None:
    with serving(lambda asked: Reply(), tls()) as server:
        assert (await trusting.request("GET", server.url)).status == 200


async def test_the_certificate_must_be_for_the_name_also_where_the_address_is_given(trusting: BoundedClient) -> None:
    with serving(lambda asked: Reply(), tls()) as server:
        assert (await trusting.request("GET", server.url, connect_to="127.0.0.1")).status == 200
        other = server.url.replace("localhost", "other.example")
        with pytest.raises(HttpFailure, match="certificate"):
            await trusting.request("GET", other, connect_to="127.0.0.1")
    assert len(server.asked) == 1


async def test_old_tls_is_refused(trusting: BoundedClient) -> None:
    old = tls()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(lambda asked: Reply(), old) as server, pytest.raises(HttpFailure) as caught:
        await trusting.request("GET", server.url)
    assert caught.value.kind is Kind.NETWORK


def test_json_numbers_are_exact() -> None:
    assert parse_json(b'{"a": 4187.20440, "b": 12345678901234567, "c": 1e2}') == {
        "a": Decimal("4187.20440"),
        "b": 12345678901234567,
        "c": Decimal("1e2"),
    }


def test_a_long_run_of_digits_in_a_text_is_no_number() -> None:
    assert parse_json(b'{"id": "7123456789012345678901", "count": 7}') == {"id": "7123456789012345678901", "count": 7}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[1e-999]",
        b"[12345678901234567890]",
        b'["7123456789012345678901", -12345678901234567890]',
        b"[" + b"9" * 5000 + b"]",
        b"[0." + b"1" * 5000 + b"]",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'"\xff"',
        "\ufeff{}".encode(),
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_doubtful_json_is_malformed(body: bytes) -> None:
    with pytest.raises(HttpFailure) as caught:
        parse_json(body)
    assert caught.value.kind is Kind.MALFORMED


def test_half_a_surrogate_pair_becomes_storable() -> None:
    assert parse_json(rb'{"\ud800": ["\udc00x", "\ud83d\ude00"]}') == {"\ufffd": ["\ufffdx", "\U0001f600"]}
