"""Real instrumentations' exports of real answers, against what the provider said it counted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.providers.otel.decoding import Decoder
from console.providers.source import PushedCall
from tests.support.otlp import normaliser
from tests.support.recorded_data import recorded

REPLAYED = datetime(2026, 11, 24, tzinfo=UTC)


def index() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(recorded("spans/index.json").read_text())
    return told


def calls(name: str, form: str, folder: Path) -> list[PushedCall]:
    body = recorded(f"spans/{name}.otlp.{'pb' if form == 'protobuf' else form}").read_bytes()
    export = getattr(Decoder(), form)("traces", body)
    found = normaliser(folder).put(export, REPLAYED)
    assert not export.refused
    return found


@pytest.mark.parametrize("form", ["protobuf", "json"])
def test_every_recorded_span_comes_to_what_its_index_says(form: str, tmp_path: Path) -> None:
    for name, told in index().items():
        usage = [each for each in told["usage"] if each]
        found = calls(name, form, tmp_path)
        assert len(found) == len(usage), name
        for call, said in zip(found, usage, strict=True):
            given = said.get("gen_ai.usage.input_tokens", said.get("llm.token_count.prompt"))
            if given is None:
                assert call.tokens is None, name
                assert call.failed, name
                continue
            assert call.tokens is not None, name
            tokens = call.tokens
            read = said.get("gen_ai.usage.cache_read.input_tokens",
                            said.get("llm.token_count.prompt_details.cache_read", 0))
            written = said.get("gen_ai.usage.cache_creation.input_tokens",
                               said.get("llm.token_count.prompt_details.cache_write", 0))
            output = said.get("gen_ai.usage.output_tokens", said.get("llm.token_count.completion"))
            assert (tokens.cache_read, tokens.cache_write_5m, tokens.output) == (read, written, output), name
            assert tokens.uncached_input == given - read - written, name
            assert call.provider == name.split("-")[0], name


def test_what_the_provider_itself_reported_is_what_is_counted(tmp_path: Path) -> None:
    for name, told in index().items():
        for call, said in zip(calls(name, "protobuf", tmp_path), told["provider_usage"], strict=False):
            assert call.tokens is not None
            if "prompt_tokens" in said:
                assert call.tokens.uncached_input + call.tokens.cache_read == said["prompt_tokens"], name
                assert call.tokens.output == said["completion_tokens"], name
            else:
                assert call.tokens.uncached_input == said["input_tokens"], name
                assert call.tokens.cache_write_5m == said.get("cache_creation_input_tokens", 0), name
                assert call.tokens.cache_read == said.get("cache_read_input_tokens", 0), name
                assert call.tokens.output == said["output_tokens"], name


def test_both_forms_of_an_export_come_to_the_same_calls(tmp_path: Path) -> None:
    for name in index():
        assert calls(name, "json", tmp_path) == calls(name, "protobuf", tmp_path)
