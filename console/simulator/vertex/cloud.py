"""What the cloud knows: projects with what was called in them, service accounts with their keys, and deny policies."""

from __future__ import annotations

import base64
import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from console.clock import Clock

Labels = tuple[tuple[str, str], ...]
MINUTE = 60


@dataclass(slots=True)
class Account:
    """A service account. `may`: the permissions that it has, in every project."""

    email: str
    may: frozenset[str] = frozenset()
    disabled: bool = False
    key: rsa.RSAPrivateKey | None = field(default=None, repr=False)

    def credential(self, token_uri: str) -> str:
        """The JSON of a new key, as Google writes it."""
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption())
        return json.dumps({"type": "service_account", "client_email": self.email, "private_key_id": "key-1",
                           "private_key": pem.decode(), "token_uri": token_uri})


@dataclass(slots=True)
class Cloud:
    """Safe to use from several threads under `lock`."""

    clock: Clock
    projects: tuple[str, ...] = ()
    accounts: dict[str, Account] = field(default_factory=dict)
    policies: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """(project, name) to rules."""
    denials_fail: str | None = None
    """Why every change of a policy is taken and then ends in an error; None: none does."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    _tokens: dict[str, str] = field(default_factory=dict)
    _used: dict[tuple[str, str], dict[tuple[int, Labels], int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    """(project, metric) to counts by minute and labels."""

    def call(self, project: str, at: int, model: str, *, calls: int = 1, publisher: str = "anthropic",
             location: str = "global", request_type: str = "shared", code: str = "200", **tokens: int) -> None:
        """Calls of one minute: `input`, `output` and other types of tokens by name."""
        minute = at // MINUTE * MINUTE
        common = {"model_user_id": model, "publisher": publisher, "location": location, "request_type": request_type}
        with self.lock:
            for type_, count in tokens.items():
                self._used[project, "token_count"][minute, _labels(common, type=type_)] += count
            invoked = self._used[project, "model_invocation_count"]
            invoked[minute, _labels(common, response_code=code)] += calls

    def series(self, project: str, metric: str, start: int, end: int, width: int,
               names: tuple[str, ...]) -> dict[Labels, dict[int, int]]:
        """Sums by the labels that are asked for, in buckets of `width` seconds that are over: bucket's end to count."""
        found: dict[Labels, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for (minute, labels), count in self._used[project, metric].items():
            until = end - (end - minute - 1) // width * width
            if start <= minute < end and until <= self.clock.now().timestamp():
                found[tuple((name, value) for name, value in labels if name in names)][until] += count
        return found

    def token_of(self, assertion: str) -> str | None:
        """A token for an assertion that is signed by the key of an account; None where it is not."""
        try:
            head, claims, signature = assertion.split(".")
            account = self.accounts[json.loads(_bytes(claims))["iss"]]
            if account.key is None or account.disabled:
                return None
            account.key.public_key().verify(_bytes(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(),
                                            hashes.SHA256())
        except (ValueError, KeyError, InvalidSignature):
            return None
        token = f"ya29.{token_urlsafe(24)}"
        self._tokens[token] = account.email
        return token

    def bearer(self, token: str) -> Account | None:
        """Whose token it is; None for one that is none, or of a disabled account."""
        account = self.accounts.get(self._tokens.get(token, ""))
        return None if account is None or account.disabled else account


def _labels(common: dict[str, str], **more: str) -> Labels:
    return tuple(sorted({**common, **more}.items()))


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
