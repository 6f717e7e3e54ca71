"""Usage pages that are not as documented: nothing of them is believed, and the message names field and bucket."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.http import HttpFailure
from console.providers.anthropic.reports import CostReading, UsageReading, read_names, read_organisation
from console.providers.anthropic.source import AnthropicSource
from console.providers.shared import asking
from console.providers.shared.fields import UnusableError
from console.providers.source import Failure, SourceError
from tests.support.anthropic_reports import Reports, bucket, page, usage_result
from tests.support.http_server import Asked, Reply, Server, json_reply, serving

T0 = 1_795_442_400


async def read(answer: Callable[[Asked], Reply], minutes: int = 10) -> tuple[SourceError, Server]:
    with serving(answer) as server:
        source = AnthropicSource("anthropic", server.url, lambda: "k")
        with pytest.raises(SourceError) as caught:
            await source.usage(T0, T0 + minutes * 60, 60)
        await source.close()
    return caught.value, server


async def malformed(value: object, minutes: int = 10) -> str:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    error, _ = await read(lambda asked: Reply(200, body), minutes)
    assert error.failure is Failure.MALFORMED
    return str(error)


def buckets(count: int = 10, first: int = 0, **changes: object) -> list[dict[str, Any]]:
    return [bucket(T0 + n * 60, 60, [usage_result(**changes)]) for n in range(first, first + count)]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("uncached_input_tokens", {"uncached_input_tokens": -1}),
        ("uncached_input_tokens", {"uncached_input_tokens": 1.5}),
        ("uncached_input_tokens", {"uncached_input_tokens": 1.0}),
        ("output_tokens", {"output_tokens": "12"}),
        ("output_tokens", {"output_tokens": None}),
        ("output_tokens", {"output_tokens": True}),
        ("output_tokens", {"output_tokens": 10**18}),
        ("cache_read_input_tokens", {"cache_read_input_tokens": [1]}),
        ("cache_creation", {"cache_creation": None}),
        ("cache_creation", {"cache_creation": 7}),
        ("ephemeral_1h_input_tokens", {"cache_creation": {"ephemeral_5m_input_tokens": 1}}),
        ("server_tool_use", {"server_tool_use": []}),
        ("web_search_requests", {"server_tool_use": {}}),
        ("model", {"model": 5}),
        ("api_key_id", {"api_key_id": ["apikey_1"]}),
        ("workspace_id", {"workspace_id": "x" * 1025}),
    ],
)
async def test_a_field_that_is_not_what_it_should_be_is_named_with_its_bucket(
    field: str, changes: dict[str, Any]
) -> None:
    text = await malformed(page([*buckets(9), *buckets(1, 9, **changes)]))
    assert field in text
    assert "2026-11-23T14:09:00Z" in text


async def test_a_missing_count_is_not_zero() -> None:
    row = usage_result()
    del row["output_tokens"]
    assert "output_tokens of 2026-11-23T14:00:00Z is missing" in await malformed(page([bucket(T0, 60, [row])]), 1)


async def test_one_series_twice_in_a_bucket_is_neither_summed_nor_chosen_from() -> None:
    row = usage_result(model="claude-opus-5-5", output_tokens=3)
    assert "same series twice (model claude-opus-5-5)" in await malformed(page([bucket(T0, 60, [row, row])]), 1)


def test_rows_split_by_a_dimension_that_is_new_are_one_series() -> None:
    row = usage_result(model="claude-opus-5-5", output_tokens=3)
    split = page([bucket(T0, 60, [{**row, "product": "chat"}, {**row, "product": "api"}])])
    reading = UsageReading()
    reading.page(json.dumps(split).encode(), T0, T0 + 60, 60)
    assert [found.tokens.output for found in reading.rows] == [6]


@pytest.mark.parametrize(
    "data",
    [
        buckets(9, 1),  # does not begin at the beginning
        [*buckets(4), *buckets(5, 5)],  # a gap
        [*buckets(5), *buckets(5, 4)],  # a bucket twice
        list(reversed(buckets(10))),
        buckets(11),  # beyond the end
        [bucket(T0, 3600, [])],
        [bucket(T0, 0, [])],
        [{"starting_at": "2026-11-23 14:00", "ending_at": "2026-11-23T14:01:00Z", "results": []}],
        [{"starting_at": "2026-11-23T14:00:00.5Z", "ending_at": "2026-11-23T14:01:00.5Z", "results": []}],
        [{"starting_at": 1_795_442_400, "ending_at": 1_795_442_460, "results": []}],
        [{"starting_at": "2026-11-23T14:00:00Z", "ending_at": "2026-11-23T14:01:00Z"}],
        [{"starting_at": "2026-11-23T14:00:00Z", "ending_at": "2026-11-23T14:01:00Z", "results": {}}],
        [{"starting_at": "2026-11-23T14:00:00Z", "ending_at": "2026-11-23T14:01:00Z", "results": [None]}],
        ["bucket"],
        "none",
        None,
    ],
)
async def test_buckets_that_do_not_follow_one_another_are_refused(data: object) -> None:
    await malformed({"data": data, "has_more": False, "next_page": None})


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [], "has_more": True, "next_page": None},
        {"data": [], "has_more": True, "next_page": "page_a"},
        {"data": [], "has_more": True},
        {"data": [], "has_more": "no", "next_page": None},
        {"data": [], "next_page": None},
        [],
        "text",
        None,
        b"",
        b"null",
        b'{"data": [], "has_more": false',
        b'{"data": [], "data": [], "has_more": false}',
        b"[" * 100_000,
        b'{"data": NaN}',
        b"\xff\xfe",
        b"<html>",
    ],
)
async def test_an_envelope_that_is_not_as_documented_is_refused(answer: object) -> None:
    await malformed(answer)


async def test_more_and_no_next_page_is_refused_even_where_everything_seems_there() -> None:
    await malformed({"data": buckets(10), "has_more": True, "next_page": None})


async def test_late_pages_that_never_come_are_noticed() -> None:
    """The answer says that it is whole, and stops long before the end."""
    text = await malformed(page(buckets(10)), minutes=600)
    assert "stopped at 2026-11-23T14:10:00Z instead of" in text


async def test_a_page_that_fails_half_way_gives_nothing() -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(500) if asked.one("page") else json_reply(page(buckets(5), "page_2"))

    error, server = await read(answer)
    assert error.failure is Failure.UNAVAILABLE
    assert len(server.asked) == 2


async def test_a_cursor_that_repeats_is_refused() -> None:
    def answer(asked: Asked) -> Reply:
        first = 5 if asked.one("page") else 0
        return json_reply(page(buckets(5, first), "page_again"))

    error, _ = await read(answer)
    assert error.failure is Failure.MALFORMED
    assert "same next page twice" in str(error)


async def test_pages_that_do_not_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_PAGES", 5)

    def answer(asked: Asked) -> Reply:
        n = int((asked.one("page") or "page_0").removeprefix("page_"))
        return json_reply(page(buckets(1, n), f"page_{n + 1}"))

    error, server = await read(answer)
    assert "did not end after 5 pages" in str(error)
    assert len(server.asked) == error.requests == 5


async def test_a_page_delivered_twice_is_asked_for_again_and_counted_once() -> None:
    delivered: list[str | None] = []

    def answer(asked: Asked) -> Reply:
        delivered.append(asked.one("page"))
        if len(delivered) <= 2:  # the second answer is the first one again
            return json_reply(page(buckets(5, output_tokens=1), "page_2"))
        return json_reply(page(buckets(5, 5, output_tokens=1)))

    with serving(answer) as server:
        source = AnthropicSource("anthropic", server.url, lambda: "k")
        window = await source.usage(T0, T0 + 600, 60)
        await source.close()
    assert sum(row.tokens.output for row in window.rows) == 10
    assert delivered == [None, "page_2", "page_2"]


async def test_gzip_cut_short_is_malformed() -> None:
    body = gzip.compress(json.dumps(page(buckets(10))).encode())[:-6]
    error, _ = await read(lambda asked: Reply(200, body, {"content-encoding": "gzip"}))
    assert error.failure is Failure.MALFORMED


async def test_a_bomb_is_too_large() -> None:
    bomb = gzip.compress(b" " * (60 * 1024 * 1024))
    error, _ = await read(lambda asked: Reply(200, bomb, {"content-encoding": "gzip"}), minutes=1)
    assert error.failure is Failure.TOO_LARGE


async def test_a_redirect_is_a_matter_of_configuration_and_takes_no_key_along() -> None:
    with serving(Reports()) as thief:
        error, server = await read(lambda asked: Reply(307, headers={"location": thief.url}))
    assert error.failure is Failure.FORBIDDEN
    assert thief.asked == []
    assert len(server.asked) == 1


async def test_hostile_values_are_kept_as_data_and_shown_cleaned() -> None:
    row = usage_result(model="\x1b[31m[@click=app.quit]x[/]", output_tokens=-1)
    text = await malformed(page([bucket(T0, 60, [row])]), 1)
    assert "\x1b" not in text


def test_a_page_that_is_refused_leaves_nothing_behind() -> None:
    reading = UsageReading()
    body = json.dumps(page([*buckets(9), *buckets(1, 9, output_tokens=-1)])).encode()
    with pytest.raises(UnusableError):
        reading.page(body, T0, T0 + 600, 60)
    assert not reading.rows


BODIES = [
    b"",
    b"{}",
    b"[]",
    b"1",
    b'"x"',
    b'{"data": 1}',
    b'{"data": [1], "has_more": false}',
    b'{"id": 1, "name": null}',
]


@pytest.mark.parametrize("body", BODIES)
def test_no_body_surprises_any_reader(body: bytes) -> None:
    readers: list[Callable[[bytes], object]] = [
        lambda data: UsageReading().page(data, T0, T0 + 60, 60),
        lambda data: CostReading().page(data, T0, T0 + 60, 60),
        lambda data: read_names("api_key", data),
        read_organisation,
    ]
    for reader in readers:
        with pytest.raises((UnusableError, HttpFailure)):
            reader(body)


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False), st.text(max_size=20)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=10), inner, max_size=3)),
    max_leaves=6,
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a document, its own included."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(deeper for key, item in inner for deeper in places(item, (*path, key)))]


@given(st.data(), JSON)
def test_whatever_stands_in_a_field_is_a_row_or_a_refusal(data: st.DataObject, value: object) -> None:
    document: dict[str, Any] = {"page": page([*buckets(1, model="m"), bucket(T0 + 60, 60, [])])}
    *way, last = data.draw(st.sampled_from(places(document["page"], ("page",))))
    spot: Any = document
    for step in way:
        spot = spot[step]
    spot[last] = value
    reading = UsageReading()
    try:
        reading.page(json.dumps(document["page"]).encode(), T0, T0 + 120, 60)
    except (UnusableError, HttpFailure):
        assert not reading.rows
    else:
        assert all(row.tokens.output >= 0 and row.bucket == T0 for row in reading.rows)


@given(st.binary(max_size=200))
def test_no_bytes_surprise_the_reader(body: bytes) -> None:
    with pytest.raises((UnusableError, HttpFailure)):
        UsageReading().page(body, T0, T0 + 60, 60)
