"""The small HTTP server: what it takes, what it refuses, and that it always says which."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest

from console.listening import Asked, Listener, Place, Refused, Reply, bears, place

LIMIT = 100_000


async def echo(asked: Asked) -> Reply:
    return Reply(200, asked.body, "application/octet-stream", {"x-asked": f"{asked.method} {asked.path}"})


@asynccontextmanager
async def listening(answer: Callable[[Asked], Awaitable[Reply]] = echo, *, arrive_s: float = 5.0,
                    most_connections: int = 8) -> AsyncIterator[int]:
    listener = Listener(Place("127.0.0.1", 0), answer, limit=LIMIT, arrive_s=arrive_s,
                        most_connections=most_connections)
    await listener.open()
    try:
        yield listener.port
    finally:
        await listener.close()


def client(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)


async def raw(port: int, sent: bytes) -> bytes:
    """Everything that comes back for these bytes, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    got = await reader.read()
    writer.close()
    return got


async def test_it_answers_several_requests_on_one_connection() -> None:
    async with listening() as port, client(port) as http:
        for number in range(3):
            answer = await http.post("/v1/thing?ignored=1", content=f"body {number}")
            assert answer.text == f"body {number}"
            assert answer.headers["x-asked"] == "POST /v1/thing"


async def test_a_chunked_body_arrives_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async with listening() as port, client(port) as http:
        assert (await http.post("/", content=pieces())).text == "one two"


async def test_gzip_and_deflate_are_undone() -> None:
    async with listening() as port, client(port) as http:
        for form, content in (("gzip", gzip.compress(b"hello")), ("deflate", zlib.compress(b"hello"))):
            answer = await http.post("/", content=content, headers={"content-encoding": form})
            assert answer.text == "hello"


@pytest.mark.parametrize(("content", "encoding", "status"), [
    (gzip.compress(b"0" * (LIMIT + 1)), "gzip", 413),
    (gzip.compress(b"hello")[:-3], "gzip", 400),
    (b"not gzip", "gzip", 400),
    (zlib.compress(b"0" * (LIMIT + 1)), "deflate", 413),
    (zlib.compress(b"hello")[:-3], "deflate", 400),
    (b"hello", "br", 415),
    (b"0" * (LIMIT + 1), "identity", 413),
], ids=["bomb", "cut", "not gzip", "bomb in deflate", "cut in deflate", "unknown", "too large"])
async def test_a_bomb_a_cut_body_and_an_unknown_encoding_are_refused(content: bytes, encoding: str,
                                                                     status: int) -> None:
    async with listening() as port, client(port) as http:
        answer = await http.post("/", content=content, headers={"content-encoding": encoding})
        assert answer.status_code == status
        assert (await http.post("/", content=b"and again")).text == "and again"


async def test_a_chunked_body_is_cut_off_at_the_limit_and_its_sender_still_hears_of_it() -> None:
    async def many() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"0" * 50_000

    async with listening() as port, client(port) as http:
        answer = await http.post("/", content=many())
        assert answer.status_code == 413
        assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                                  b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n"])
async def test_what_is_not_http_is_told_so_and_the_connection_ends(sent: bytes) -> None:
    async with listening() as port:
        assert (await raw(port, sent)).startswith(b"HTTP/1.1 400")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with listening(arrive_s=0.05) as port:
        assert b"408" in await raw(port, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")


async def test_a_client_that_hangs_up_leaves_the_server_well() -> None:
    async with listening() as port, client(port) as http:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")
        writer.close()
        assert (await http.get("/")).status_code == 200


async def test_too_many_connections_are_asked_to_come_again() -> None:
    async with listening(most_connections=1) as port, client(port) as first, client(port) as second:
        assert (await first.get("/")).status_code == 200
        answer = await second.get("/")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"


async def test_a_refusal_bears_its_sentence_and_a_fault_says_nothing_of_itself() -> None:
    async def fail(asked: Asked) -> Reply:
        if asked.path == "/refused":
            raise Refused(503, "busy", {"retry-after": "7"})
        raise ValueError("the inner secret")

    async with listening(fail) as port, client(port) as http:
        refused = await http.get("/refused")
        assert (refused.status_code, refused.text, refused.headers["retry-after"]) == (503, "busy\n", "7")
        failed = await http.get("/")
        assert failed.status_code == 500
        assert "secret" not in failed.text


async def test_a_place_that_is_taken_is_an_error_at_once() -> None:
    async with listening() as port:
        with pytest.raises(OSError, match="address already in use"):
            await Listener(Place("127.0.0.1", port), echo).open()


def test_a_place_is_a_host_and_a_port() -> None:
    assert place("127.0.0.1:7433") == Place("127.0.0.1", 7433)
    assert place("[::1]:7433").is_loopback
    assert place("localhost:1").is_loopback
    assert not place("0.0.0.0:4318").is_loopback
    assert str(Place("::1", 7433)) == "[::1]:7433"
    for wrong in ("7433", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "http://127.0.0.1:1", ""):
        with pytest.raises(ValueError, match="no place to listen at"):
            place(wrong)


def test_a_secret_is_borne_as_a_bearer_token_only() -> None:
    def asked(**headers: str) -> Asked:
        return Asked("POST", "/", headers, b"")

    assert bears(asked(authorization="Bearer s3cret"), "s3cret")
    assert not bears(asked(authorization="Bearer other"), "s3cret")
    assert not bears(asked(), "s3cret")
    assert not bears(asked(authorization="Bearer s3cr\xe9t"), "s3cret")


async def test_a_request_may_be_refused_before_its_body_and_in_the_senders_own_words() -> None:
    def admit(asked: Asked) -> None:
        assert not asked.body
        raise Refused(401, "who are you?")

    def word(error: Refused, headers: Mapping[str, str]) -> Reply:
        return Reply(error.status, f"{error} ({headers.get('content-type')})".encode(), "text/x-own")

    listener = Listener(Place("127.0.0.1", 0), echo, admit=admit, word=word)
    await listener.open()
    try:
        async with client(listener.port) as http:
            answer = await http.post("/", content=b"body", headers={"content-type": "text/x-theirs"})
    finally:
        await listener.close()
    assert (answer.status_code, answer.headers["content-type"]) == (401, "text/x-own")
    assert answer.text == "who are you? (text/x-theirs)"


async def test_bodies_that_wait_for_an_answer_are_bounded_all_together() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(asked: Asked) -> Reply:
        arrived.set()
        await go_on.wait()
        return Reply(200, asked.body)

    listener = Listener(Place("127.0.0.1", 0), slow, limit=LIMIT, most_held=LIMIT + 10)
    await listener.open()
    try:
        async with client(listener.port) as http:
            first = asyncio.create_task(http.post("/", content=b"x" * LIMIT))
            await arrived.wait()
            second = await http.post("/", content=b"y" * 100)
            assert second.status_code == 503
            assert second.headers["retry-after"] == "1"
            go_on.set()
            assert (await first).status_code == 200
            assert (await http.post("/", content=b"y" * 100)).status_code == 200
    finally:
        await listener.close()
