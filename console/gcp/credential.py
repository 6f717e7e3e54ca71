"""A Google credential: a service account's JSON behind a secret reference, or what the machine has; and its tokens.

The private key never leaves this process: what is sent is an assertion signed with it, to the address that the JSON
names as `token_uri`.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from console.errors import BadConfiguration, ProviderUnreachable
from console.http import HttpFailure, check_url
from console.text import clean

READING = "https://www.googleapis.com/auth/monitoring.read"
SWITCHING = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_DEADLINE_S = 10.0
EARLY = timedelta(minutes=2)
"""A token that ends so soon is replaced: a request may take a while."""

_REQUIREMENT = "google-auth>=2.40,<3"
_FORM = "the JSON of a service account's key, as `gcloud iam service-accounts keys create` writes it"


class Credential:
    """secret: gives the JSON when it is needed; None: what the machine has (Application Default Credentials).

    Safe to use from several threads; it blocks while a token is fetched.
    """

    def __init__(self, secret: Callable[[], str] | None, scope: str) -> None:
        self._secret = secret
        self._scope = scope
        self._lock = threading.Lock()
        self._token: str | None = None
        self._until = datetime.min.replace(tzinfo=UTC)
        self.account: str | None = None
        """The service account that it was when a token was last fetched; None: none yet, or not told."""

    def token(self) -> str:
        """A bearer token. Raises BadConfiguration for a credential that is none or was refused, ProviderUnreachable
        where Google did not answer."""
        with self._lock:
            if self._token is None or datetime.now(UTC) >= self._until:
                self._fetch()
            assert self._token is not None
            return self._token

    def forget(self) -> None:
        """Let the token go: it was refused before its time."""
        with self._lock:
            self._token = None

    def email(self) -> str | None:
        """The service account that it is; None where that is not told. Raises as `token`."""
        return None if self._secret is None else email_of(self._secret())

    def __repr__(self) -> str:
        return "a Google credential (masked)"

    def _fetch(self) -> None:
        google = _library()
        try:
            credentials = self._credentials()
            credentials.refresh(_request)
        except google.exceptions.TransportError as error:
            raise ProviderUnreachable(f"Google's token service did not answer: {clean(str(error), 200)}") from error
        except google.exceptions.GoogleAuthError as error:
            raise BadConfiguration(
                f"Google refused the credential{self._named()}: {clean(str(error), 200)}. Its key was deleted or the "
                "account disabled, or this machine's clock is wrong; make a new key, or enable the account.") from error
        self._token = str(credentials.token)
        self._until = credentials.expiry.replace(tzinfo=UTC) - EARLY

    def _credentials(self) -> Any:
        if self._secret is None:
            return import_module("google.auth").default(scopes=[self._scope])[0]
        info = key_of(self._secret())
        self.account = clean(str(info["client_email"]), 254)
        try:
            account = import_module("google.oauth2.service_account")
            return account.Credentials.from_service_account_info(info, scopes=[self._scope])
        except (ValueError, TypeError):  # its words are not repeated: they may quote the key
            raise BadConfiguration(f"The secret is not {_FORM}: its private key cannot be read.") from None

    def _named(self) -> str:
        email = self.email()
        return f" of {email}" if email else ""


def key_of(text: str) -> Mapping[str, Any]:
    """The service account's key that a secret holds. Raises BadConfiguration, which never repeats it."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    needed = ("client_email", "private_key", "token_uri")
    if not isinstance(found, dict) or found.get("type") != "service_account" or \
            not all(isinstance(found.get(name), str) for name in needed):
        raise BadConfiguration(f"The secret of this source is not {_FORM}.")
    try:
        check_url(found["token_uri"])
    except HttpFailure as error:
        raise BadConfiguration(f"The token_uri of this source's secret may not be asked: {error}") from error
    return found


def email_of(text: str) -> str | None:
    """The service account of a secret; None where it is another sort of secret."""
    try:
        return clean(str(key_of(text)["client_email"]), 254)
    except BadConfiguration:
        return None


def _library() -> Any:
    """The library. Raises BadConfiguration with the command that installs it."""
    try:
        return import_module("google.auth")
    except ImportError as error:
        raise BadConfiguration("Google Cloud is asked with google-auth, which is not installed.",
                               mend=f"{sys.executable} -m pip install '{_REQUIREMENT}'") from error


class _Answered:
    """An answer in the shape that the library wants."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.status, self.headers, self.data = status, headers, data


def _request(url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None,
             timeout: float | None = None, **_: object) -> _Answered:
    """The library's transport: one bounded request, nothing taken from the environment, no redirects."""
    import httpx

    try:
        with httpx.Client(timeout=TOKEN_DEADLINE_S, trust_env=False) as client:
            answer = client.request(method, url, content=body, headers=headers)
            return _Answered(answer.status_code, answer.headers, answer.content)
    except httpx.HTTPError as error:
        raise import_module("google.auth").exceptions.TransportError(str(error)) from error
