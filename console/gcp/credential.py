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

from console.clock import SystemClock
from console.errors import BadConfiguration, ProviderUnreachable
from console.gcp.tokens import transport
from console.http import HttpFailure, check_url
from console.text import clean

READING = "https://www.googleapis.com/auth/monitoring.read"
SWITCHING = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_DEADLINE_S = 10.0
EARLY = timedelta(minutes=2)
"""A token that ends so soon is replaced: a request may take a while."""

_REQUIREMENT = "google-auth>=2.40,<3"
_FORM = "the JSON of a service account's key, as `gcloud iam service-accounts keys create` writes it"
_CLOCK = "This machine's clock is wrong: let it follow a time server (chrony, or systemd-timesyncd)."
_DELETED = "The account was deleted: undelete it within 30 days, or put the key of another behind the secret."


class Credential:
    """secret: gives the JSON when it is needed; None: what the machine has (Application Default Credentials).

    now: by which a token's end is reckoned. Safe to use from several threads; it blocks while a token is fetched.
    """

    def __init__(self, secret: Callable[[], str] | None, scope: str, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._scope = scope
        self._now = now
        self._lock = threading.Lock()
        self._token: str | None = None
        self._until = datetime.min.replace(tzinfo=UTC)
        self.account: str | None = None
        """The service account that it was when a token was last fetched; None: none yet, or not told."""
        self._quota: str | None = None

    def token(self) -> str:
        """A bearer token. Raises BadConfiguration for a credential that is none or was refused, ProviderUnreachable
        where Google did not answer, or with no token."""
        with self._lock:
            if self._token is None or self._now() >= self._until:
                self._fetch()
            assert self._token is not None
            return self._token

    def headers(self, token: str) -> dict[str, str]:
        """What a request with the token has to say: who asks, and for a person's credential whose quota is used."""
        quota = {"x-goog-user-project": self._quota} if self._quota else {}
        return {"authorization": f"Bearer {token}", **quota}

    def forget(self) -> None:
        """Let the token go: it was refused before its time."""
        with self._lock:
            self._token = None

    def email(self) -> str | None:
        """The service account that it is; None where that is not told. Raises as `token`."""
        if self._secret is not None:
            return email_of(self._secret())
        self.token()  # only then is it known what the machine has
        return self.account

    def __repr__(self) -> str:
        return "a Google credential (masked)"

    def _fetch(self) -> None:
        google = _library()
        credentials = self._credentials(google)
        self._learn(credentials)
        # The library reckons its end by the machine's clock; how long it lasts is the same by every clock.
        asked_at = SystemClock().now()
        try:
            credentials.refresh(transport(TOKEN_DEADLINE_S))
            lasts = credentials.expiry.replace(tzinfo=UTC) - asked_at
        except google.exceptions.TransportError as error:
            raise ProviderUnreachable(f"Google's token service did not answer: {clean(str(error), 200)}") from error
        except google.exceptions.GoogleAuthError as error:
            raise self._refused(error) from error
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
            raise ProviderUnreachable("Google's token service answered with what is no token.") from error
        self._token = str(credentials.token)
        self._until = self._now() + lasts - EARLY
        self._learn(credentials)  # a machine of Google's says who it is with its first token

    def _credentials(self, google: Any) -> Any:
        if self._secret is None:
            try:
                return import_module("google.auth").default(scopes=[self._scope])[0]
            except google.exceptions.GoogleAuthError as error:
                raise BadConfiguration(
                    f"This machine has no Google credential that can be used: {clean(str(error), 200)} Put {_FORM} "
                    "behind the source's secret, or run gcloud auth application-default login.") from error
        info = key_of(self._secret())
        try:
            account = import_module("google.oauth2.service_account")
            return account.Credentials.from_service_account_info(info, scopes=[self._scope])
        except (ValueError, TypeError):  # its words are not repeated: they may quote the key
            raise BadConfiguration(f"The secret is not {_FORM}: its private key cannot be read.") from None

    def _learn(self, credentials: Any) -> None:
        told = getattr(credentials, "service_account_email", None)
        self.account = clean(told, 254) if isinstance(told, str) and "@" in told else None
        self._quota = getattr(credentials, "quota_project_id", None)

    def _refused(self, error: Any) -> ProviderUnreachable | BadConfiguration:
        """What a refusal of the token service means: its own failure, or one of the credential."""
        said = clean(str(error.args[0]) if error.args else str(error), 200).rstrip(".")
        if error.retryable:
            return ProviderUnreachable(f"Google's token service failed: {said}. The credential is not in doubt.")
        whose = f" of {self.account}" if self.account else ""
        return BadConfiguration(f"Google refused the credential{whose}: {said}. {self._remedy(said)}")

    def _remedy(self, said: str) -> str:
        if "iat and exp" in said or "reasonable timeframe" in said:
            return _CLOCK
        if "account not found" in said:
            return _DELETED
        if self._secret is None:
            return "Renew what this machine has (gcloud auth application-default login), or give the source a secret."
        new = f"gcloud iam service-accounts keys create FILE --iam-account {self.account or 'ACCOUNT'}"
        if "JWT Signature" in said:
            return f"Its key was deleted or has expired: make a new one ({new}) and put it behind the secret."
        return ("Its key was deleted or the account disabled, or this machine's clock is wrong; make a new key "
                f"({new}), or enable the account.")


def key_of(text: str) -> Mapping[str, Any]:
    """The service account's key that a secret holds. Raises BadConfiguration, which never repeats it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
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
