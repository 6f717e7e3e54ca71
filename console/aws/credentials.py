"""An AWS credential as text behind a secret reference, and boto3 when it is first needed."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

from console.errors import BadConfiguration

FORMS = ("ACCESS_KEY_ID:SECRET_ACCESS_KEY, with :SESSION_TOKEN behind it where there is one, or the JSON that a "
         "credential_process prints")
_REQUIREMENT = "boto3>=1.43,<2"


@dataclass(frozen=True, slots=True)
class Keys:
    """One key pair, with the token that a temporary one has."""

    access: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def parse_keys(text: str) -> Keys:
    """The key pair that a secret holds. Raises BadConfiguration, which never repeats it."""
    text = text.strip()
    found = _of_json(text) if text.startswith("{") else _of_line(text)
    if found is None or not (found.access.isalnum() and found.access.isascii() and found.secret):
        raise BadConfiguration(f"The secret of this source is not an AWS key: it must be {FORMS}.")
    return found


def looks_like_keys(text: str) -> bool:
    """Whether a secret may be an AWS key pair."""
    try:
        parse_keys(text)
    except BadConfiguration:
        return False
    return text.lstrip().startswith(("{", "AKIA", "ASIA"))


def boto3() -> ModuleType:
    """The library. Raises BadConfiguration with the command that installs it."""
    try:
        library = import_module("boto3")
    except ImportError as error:
        raise BadConfiguration("Amazon Bedrock is read and switched with boto3, which is not installed.",
                               mend=f"{sys.executable} -m pip install '{_REQUIREMENT}'") from error
    return library


def session(keys: Keys | None, profile: str | None) -> Any:
    """A boto3 session: of these keys and of nothing else, or of a profile, or of what the machine has.

    Raises what botocore raises for a profile that is not there.
    """
    library = boto3()
    import botocore.session

    nothing = (None, None, os.devnull, None)  # no file and no variable of the environment has a say beside given keys
    alone = {"profile": (None, None, None, None), "config_file": nothing, "credentials_file": nothing}
    core = botocore.session.Session(alone if keys is not None else None)
    core.register_component("data_loader", _models())
    if keys is None:
        return library.session.Session(profile_name=profile, botocore_session=core)
    return library.session.Session(aws_access_key_id=keys.access, aws_secret_access_key=keys.secret,
                                   aws_session_token=keys.token, botocore_session=core)


@lru_cache(maxsize=1)
def _models() -> Any:
    """The descriptions of AWS's services, which take long to read: once for every session, and without their prose,
    which is most of them."""
    from botocore.loaders import Loader

    loader = Loader()
    load = loader.file_loader.load_file
    loader.file_loader.load_file = lambda path: _without_prose(load(path))
    return loader


def _without_prose(model: Any) -> Any:
    if isinstance(model, dict):
        return {name: _without_prose(value) for name, value in model.items()
                if name != "documentation" or not isinstance(value, str)}
    return [_without_prose(each) for each in model] if isinstance(model, list) else model


def _of_line(text: str) -> Keys | None:
    access, _, rest = text.partition(":")
    secret, _, token = rest.partition(":")
    return Keys(access, secret, token or None)


def _of_json(text: str) -> Keys | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    values = [said.get(name) for name in ("AccessKeyId", "SecretAccessKey")]
    token = said.get("SessionToken")
    if not all(isinstance(value, str) for value in values):
        return None
    return Keys(values[0], values[1], token if isinstance(token, str) else None)
