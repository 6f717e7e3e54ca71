"""Keys, workspaces and the organisation, in both shapes that the API versions give them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from console.providers.anthropic.source import AnthropicSource
from console.providers.source import Failure, Named, SourceError
from tests.support.http_server import Asked, Reply, Server, json_reply, serving


class Directory:
    """The list endpoints with `after_id` paging, `per_page` entries at a time."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.workspaces: list[dict[str, Any]] = []
        self.per_page = 1000

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v1/organizations/me":
            return json_reply({"id": "5f0e", "type": "organization", "name": "Example Ltd"})
        items = self.keys if asked.path == "/v1/organizations/api_keys" else self.workspaces
        after = asked.one("after_id")
        first = 0 if after is None else [item["id"] for item in items].index(after) + 1
        shown = items[first : first + self.per_page]
        ids = [item["id"] for item in shown]
        more = first + self.per_page < len(items)
        body = {
            "data": shown,
            "has_more": more,
            "first_id": ids[0] if ids else None,
            "last_id": ids[-1] if ids else None,
        }
        return json_reply(body)


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
async def served(directory: Directory) -> AsyncIterator[tuple[AnthropicSource, Server]]:
    with serving(directory) as server:
        source = AnthropicSource("anthropic", server.url + "/", lambda: "k")
        yield source, server
        await source.close()


Served = tuple[AnthropicSource, Server]


def key(identifier: str, **changes: object) -> dict[str, Any]:
    return {"id": identifier, "type": "api_key", "name": identifier.upper(), "status": "active", **changes}


async def test_the_organisation_is_named(served: Served) -> None:
    source, server = served
    assert await source.check() == Named("organisation", "5f0e", "Example Ltd")
    assert server.asked[0].headers["anthropic-version"] == "2023-06-01"


async def test_the_workspace_of_a_key_is_read_from_either_shape(directory: Directory, served: Served) -> None:
    directory.keys = [
        key("apikey_old", workspace_id="wrkspc_1"),
        key("apikey_new", scope={"type": "workspace", "workspace_id": "wrkspc_2"}),
        key("apikey_both", workspace_id=None, scope={"type": "workspace", "workspace_id": "wrkspc_3"}),
        key("apikey_wide", scope={"type": "organization"}),
        key("apikey_default", workspace_id=None, status="inactive", new_field={"x": 1}),
        key("apikey_odd", scope="later", status="suspended"),
    ]
    source, _ = served
    assert await source.names() == [
        Named("api_key", "apikey_old", "APIKEY_OLD", "active", "wrkspc_1"),
        Named("api_key", "apikey_new", "APIKEY_NEW", "active", "wrkspc_2"),
        Named("api_key", "apikey_both", "APIKEY_BOTH", "active", "wrkspc_3"),
        Named("api_key", "apikey_wide", "APIKEY_WIDE", "active", None),
        Named("api_key", "apikey_default", "APIKEY_DEFAULT", "inactive", None),
        Named("api_key", "apikey_odd", "APIKEY_ODD", "suspended", None),
    ]


async def test_workspaces_come_with_the_archived_ones(directory: Directory, served: Served) -> None:
    directory.workspaces = [
        {"id": "wrkspc_1", "type": "workspace", "name": "Claims", "archived_at": None},
        {"id": "wrkspc_2", "type": "workspace", "name": "Old", "archived_at": "2026-01-01T00:00:00Z"},
    ]
    source, server = served
    assert await source.names() == [
        Named("workspace", "wrkspc_1", "Claims", "active"),
        Named("workspace", "wrkspc_2", "Old", "archived"),
    ]
    assert server.asked[1].query == [("include_archived", "true"), ("limit", "1000")]


async def test_long_lists_are_read_to_the_end(directory: Directory, served: Served) -> None:
    directory.keys = [key(f"apikey_{n}") for n in range(25)]
    directory.per_page = 10
    source, server = served
    assert [named.identifier for named in await source.names()] == [f"apikey_{n}" for n in range(25)]
    assert [asked.one("after_id") for asked in server.asked] == [None, "apikey_9", "apikey_19", None]
    assert {asked.one("limit") for asked in server.asked} == {"1000"}


async def test_an_empty_organisation_has_no_names(served: Served) -> None:
    source, _ = served
    assert await source.names() == []


async def test_hostile_names_are_kept_as_they_are(directory: Directory, served: Served) -> None:
    directory.keys = [key("apikey_1", name="\x1b[2J[/]\u202e" + "x" * 10_000)]
    source, _ = served
    assert (await source.names())[0].name == "\x1b[2J[/]\u202e" + "x" * 10_000


@pytest.mark.parametrize(
    "body",
    [
        {"data": [key("a")], "has_more": True, "last_id": None},
        {"data": [key("a")], "has_more": True, "last_id": "a"},
        {"data": [], "has_more": True, "last_id": "a"},
        {"data": [{"id": "a"}], "has_more": False},
        {"data": [{"name": "a"}], "has_more": False},
        {"data": [key("")], "has_more": False},
        {"data": [key("a", name=5)], "has_more": False},
        {"data": [7], "has_more": False},
        {"data": [key("a")]},
        {"has_more": False},
    ],
)
async def test_a_list_that_is_not_as_documented_is_refused(body: object) -> None:
    with serving(lambda asked: json_reply(body)) as server:
        source = AnthropicSource("anthropic", server.url, lambda: "k")
        with pytest.raises(SourceError) as caught:
            await source.names()
        await source.close()
    assert caught.value.failure is Failure.MALFORMED
