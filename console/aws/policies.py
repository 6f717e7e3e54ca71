"""Policies of AWS as text: what a credential must be permitted, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def statement(actions: Iterable[str], resources: Iterable[str] = ("*",)) -> dict[str, Any]:
    """An Allow of these actions on these resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def policy(*statements: dict[str, Any]) -> str:
    """One line of JSON, to be put on a role or user."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def assuming(roles: Iterable[str]) -> str:
    """The policy of whoever assumes these roles."""
    return policy(statement(["sts:AssumeRole"], roles))
