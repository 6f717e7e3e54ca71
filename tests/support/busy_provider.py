"""A provider with 1,000 keys on three models, all used in each of the last 30 minutes: a process of its own.

Run as a module it prints its address and serves until its standard input ends. Every figure is restated from one
reading to the next while `--restate` is given; without it the same minutes always answer the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from console.clock import epoch, parse_rfc3339
from tests.support.anthropic_reports import WIDTHS, bucket, page, usage_result
from tests.support.http_server import Asked, Reply, json_reply, serving

KEYS, MINUTES = 1000, 30
MODELS = ("claude-opus-4-5", "claude-sonnet-4-6", "claude-haiku-4-5")
ROWS = KEYS * len(MODELS) * MINUTES
BUCKETS_PER_PAGE = 6
"""With anything in them; about nine megabytes."""


def key_id(number: int) -> str:
    return f"apikey_{number:04}"


class Usage:
    """Answers the usage report. A minute's rows are written as JSON once, with a place for what is restated."""

    def __init__(self, *, keys: int, restate: bool) -> None:
        self._restate = restate
        self._readings = 0
        rows = [usage_result(
            api_key_id=key_id(number), model=model, service_tier="standard", context_window="0-200k",
            inference_geo="global", uncached_input_tokens=900 + number, cache_read_input_tokens=6000, output_tokens=-1)
            for number in range(keys) for model in MODELS]
        self._results = json.dumps(rows)

    def __call__(self, asked: Asked) -> Reply:
        if not asked.path.endswith("/usage_report/messages"):
            return _beside(asked)
        width = WIDTHS[asked.one("bucket_width") or "1d"]
        end = epoch(parse_rfc3339(asked.one("ending_at") or ""))
        first = epoch(parse_rfc3339(asked.one("starting_at") or "")) // width * width
        cursor = asked.one("page")
        if cursor is None:
            self._readings += 1
        else:
            first = int(cursor)
        last = min(end, max(first, end - MINUTES * 60) + BUCKETS_PER_PAGE * 60) if width == 60 else end
        buckets = [json.dumps(bucket(start, width, ["*"])).replace('["*"]', self._of(start, end, width))
                   for start in range(first, last, width)]
        return _page(buckets, str(last) if last < end else None)

    def _of(self, start: int, end: int, width: int) -> str:
        if width != 60 or start < end - MINUTES * 60:
            return "[]"
        return self._results.replace("-1", str(350 + (self._readings if self._restate else start // 60 % 31)))


def _page(buckets: list[str], following: str | None) -> Reply:
    body = json.dumps(page(["*"], following)).replace('"*"', ", ".join(buckets))
    return Reply(200, body.encode(), {"content-type": "application/json"})


def _beside(asked: Asked) -> Reply:
    """Names, organisation and cost: nothing to tell."""
    if asked.path.endswith("/me"):
        return json_reply({"id": "org_01Busy", "type": "organization", "name": "Busy Ltd"})
    if asked.path.endswith("/cost_report"):
        first, end = (epoch(parse_rfc3339(asked.one(name) or "")) for name in ("starting_at", "ending_at"))
        return json_reply(page([bucket(start, 86_400, []) for start in range(first, end, 86_400)]))
    return json_reply({"data": [], "has_more": False, "first_id": None, "last_id": None})


@contextmanager
def busy_provider(*, keys: int = KEYS, restate: bool = False) -> Iterator[str]:
    """The address of a busy provider in its own process."""
    command = [sys.executable, "-m", "tests.support.busy_provider", f"--keys={keys}",
               *(["--restate"] if restate else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=KEYS)
    parser.add_argument("--restate", action="store_true")
    given = parser.parse_args()
    with serving(Usage(keys=given.keys, restate=given.restate)) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
