"""An exporter of OTLP over HTTP, in JSON."""

from __future__ import annotations

import http.client
import json
from collections.abc import Sequence

from console.simulator.everywhere.catalogue import AGENT
from console.simulator.everywhere.spans import attributes

_WAIT_S = 5.0


class Exporter:
    """Keeps one connection to a receiver on loopback."""

    def __init__(self, port: int, secret: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_S)
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {secret}"}

    def export(self, spans: Sequence[dict[str, object]]) -> bool:
        """Whether the spans were taken; where not, the same ones may be sent again."""
        try:
            self._connection.request("POST", "/v1/traces", json.dumps(_request(spans)), self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return False
        return answer.status == http.client.OK


def _request(spans: Sequence[dict[str, object]]) -> dict[str, object]:
    resource = {"service.name": AGENT.slug, "deployment.environment.name": "production", "team.id": "broking"}
    return {"resourceSpans": [{"resource": {"attributes": attributes(resource)}, "scopeSpans": [
        {"scope": {"name": "simulated.renewal_agent", "version": "1"}, "spans": list(spans)}]}]}
