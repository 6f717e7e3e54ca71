"""A program of somebody's, with the real SDK and real instrumentations: `python -m tests.support.otlp_senders PORT`.

Its model is a server of its own that answers as Anthropic's API does. Each scenario calls it once, told of by the named
instrumentations, and every answer has the scenario's name as its identifier.
"""

from __future__ import annotations

import json
import sys
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROMPT = "what does J. Doe earn?"
SCENARIOS = {
    f"msg_{'_'.join(told)}_{style}": (told, style)
    for told in (("native",), ("native", "traceloop"), ("native", "openinference"))
    for style in ("create", "streamed", "helper")
}
"""By identifier of the answer: who tells of it, and how the call is made."""
_USAGE = {
    "input_tokens": 21, "cache_read_input_tokens": 5000, "cache_creation_input_tokens": 300, "output_tokens": 17,
    "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}, "service_tier": "standard",
}


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {
            "id": asked["metadata"]["user_id"], "type": "message", "role": "assistant", "model": asked["model"],
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"name": "J. Doe"}}],
            "stop_reason": "tool_use", "stop_sequence": None, "usage": _USAGE,
        }
        body = _streamed(answer) if asked.get("stream") else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if asked.get("stream") else "application/json")
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", "req_01")
        self.end_headers()
        self.wfile.write(body)


def _streamed(answer: dict[str, Any]) -> bytes:
    begun = {**answer, "content": [], "stop_reason": None, "usage": {**_USAGE, "output_tokens": 1}}
    block = {**answer["content"][0], "input": {}}
    pieces: list[dict[str, Any]] = [
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0,
         "delta": {"type": "input_json_delta", "partial_json": json.dumps(answer["content"][0]["input"])}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": None},
         "usage": {"output_tokens": 17}},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in pieces).encode()


def main(port: int) -> None:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "payroll", "team.id": "people"}))
    exporter = OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces", compression=Compression.Gzip)
    provider.add_span_processor(SimpleSpanProcessor(exporter))  # every span in a request of its own
    trace.set_tracer_provider(provider)

    import anthropic
    from openinference.instrumentation.anthropic import AnthropicInstrumentor as OpenInference
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor as Traceloop

    model = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    client = anthropic.Anthropic(api_key="none", base_url=f"http://127.0.0.1:{model.server_port}")
    instrumentors: dict[str, Any] = {"traceloop": Traceloop(), "openinference": OpenInference()}
    for answer, (told, style) in SCENARIOS.items():
        with ExitStack() as stack:
            for name in told[1:]:
                instrumentors[name].instrument()
                stack.callback(instrumentors[name].uninstrument)
            _call(client, answer, style)
    provider.shutdown()


def _call(client: Any, answer: str, style: str) -> None:
    asked: dict[str, Any] = {
        "model": "claude-sonnet-4-6", "max_tokens": 100, "metadata": {"user_id": answer},
        "messages": [{"role": "user", "content": PROMPT}],
        "tools": [{"name": "look_up", "input_schema": {"type": "object"}}],
    }
    if style == "create":
        client.messages.create(**asked)
    elif style == "streamed":
        for _ in client.messages.create(**asked, stream=True):
            pass
    else:
        with client.messages.stream(**asked) as stream:
            stream.get_final_message()


if __name__ == "__main__":
    main(int(sys.argv[1]))
