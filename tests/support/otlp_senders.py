"""A program of somebody's, with the real SDK and real instrumentations: `python -m tests.support.otlp_senders PORT`.

Its model is a server of its own that answers as Anthropic's and OpenAI's do. Each scenario calls it once, told of by
the named instrumentations, and every answer has the scenario's name as its identifier.
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
OPENAI = {f"chatcmpl-{'-'.join(told)}": told for told in (("traceloop",), ("openinference",),
                                                          ("traceloop", "openinference"))}
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
        if self.path.endswith("/chat/completions"):
            self._reply(json.dumps(_completion(asked["model"], asked["user"])).encode(), "application/json")
            return
        answer = {
            "id": asked["metadata"]["user_id"], "type": "message", "role": "assistant", "model": asked["model"],
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"name": "J. Doe"}}],
            "stop_reason": "tool_use", "stop_sequence": None, "usage": _USAGE,
        }
        body = _streamed(answer) if asked.get("stream") else json.dumps(answer).encode()
        self._reply(body, "text/event-stream" if asked.get("stream") else "application/json")

    def _reply(self, body: bytes, form: str) -> None:
        self.send_response(200)
        self.send_header("content-type", form)
        self.send_header("content-length", str(len(body)))
        self.send_header("request-id", "req_01")
        self.end_headers()
        self.wfile.write(body)


def _completion(model: str, answer: str) -> dict[str, Any]:
    call = {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"name": "J. Doe"}'}}
    return {
        "id": answer, "object": "chat.completion", "created": 1_795_448_329, "model": model,
        "choices": [{"index": 0, "finish_reason": "tool_calls",
                     "message": {"role": "assistant", "content": None, "tool_calls": [call]}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 9, "total_tokens": 109,
                  "prompt_tokens_details": {"cached_tokens": 64}, "completion_tokens_details": {"reasoning_tokens": 3}},
    }


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
    _ask_openai(f"http://127.0.0.1:{model.server_port}")
    provider.shutdown()


def _ask_openai(address: str) -> None:
    import openai
    from openinference.instrumentation.openai import OpenAIInstrumentor as OpenInference
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor as Traceloop

    client = openai.OpenAI(api_key="none", base_url=address)
    instrumentors: dict[str, Any] = {"traceloop": Traceloop(), "openinference": OpenInference()}
    for answer, told in OPENAI.items():
        for name in told:
            instrumentors[name].instrument()
        client.chat.completions.create(
            model="gpt-4o-mini", user=answer, messages=[{"role": "user", "content": PROMPT}])
        for name in told:
            instrumentors[name].uninstrument()


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
