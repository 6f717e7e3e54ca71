"""How Google's own library asks for tokens: bounded in time and bytes, nothing of the environment, no redirects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib import import_module

from console.text import clean

LIMIT_BYTES = 256 * 1024


class Answered:
    """An answer in the shape that the library wants."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


def transport(deadline_s: float) -> Callable[..., Answered]:
    """What the library sends its requests with. All of them together, repetitions too, end after so many seconds."""
    until = time.monotonic() + deadline_s

    def request(url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None,
                timeout: float | None = None, **_: object) -> Answered:
        import httpx

        failed = import_module("google.auth").exceptions.TransportError
        try:
            return _exchange(url, method, body, {**(headers or {}), "accept-encoding": "identity"}, until)
        except httpx.HTTPError as error:
            raise failed(clean(str(error) or type(error).__name__, 200)) from error
        except _Unusable as error:
            raise failed(str(error)) from error

    return request


class _Unusable(Exception):
    """An answer that is too long, too slow, or somewhere else: an assertion goes where the secret says, and nowhere."""


def _exchange(url: str, method: str, body: bytes | None, headers: Mapping[str, str], until: float) -> Answered:
    import httpx

    data = bytearray()
    with httpx.Client(timeout=max(0.01, until - time.monotonic()), trust_env=False) as client, \
            client.stream(method, url, content=body, headers=headers) as answer:
        if answer.is_redirect:
            raise _Unusable(f"it answered {answer.status_code} and points elsewhere; redirects are not followed")
        for chunk in answer.iter_raw():
            data += chunk
            if len(data) > LIMIT_BYTES:
                raise _Unusable(f"it sent more than {LIMIT_BYTES} bytes")
            if time.monotonic() > until:
                raise _Unusable("it did not answer in full in time")
        return Answered(answer.status_code, answer.headers, bytes(data))
