"""What a signature holds for, whose it takes, and the state that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from console.charters.document import CharterDocument, canonical

SIGNING_ROLES = ("business_owner", "platform_lead", "finance_partner")
REGULATED = ("financial", "healthcare")
REGULATED_ROLE = "risk_officer"

DRAFT, IN_REVIEW, SIGNED, SUPERSEDED, RETIRED = "draft", "in review", "signed", "superseded", "retired"


def content_hash(document: CharterDocument) -> str:
    """SHA-256, in hexadecimal, of the document's canonical JSON.

    Comments, spacing, the order of tables and how a number is written do not change it. Anything that the document
    says does.
    """
    return _hash(_text(canonical(document)))


def genuine(hashed: str, stored: str) -> Any:
    """The canonical document of a stored text, where it is the one of this content hash; None where it is another.

    Raises ValueError for what is no JSON. A text that is stored as it was hashed is not written anew for it: a cadence
    reads thousands.
    """
    document = json.loads(stored)
    return document if _hash(stored) == hashed or _hash(_text(document)) == hashed else None


def required_roles(domain: str) -> tuple[str, ...]:
    """Whose signatures put a Charter of this domain into force."""
    return (*SIGNING_ROLES, REGULATED_ROLE) if domain in REGULATED else SIGNING_ROLES


def missing_roles(domain: str, signed: Iterable[str]) -> tuple[str, ...]:
    """The required roles that have not signed; `signed` holds the roles of the valid signatures."""
    present = set(signed)
    return tuple(role for role in required_roles(domain) if role not in present)


def state_of(domain: str, signed: Iterable[str]) -> str:
    """draft without a signature, in review with some, signed with all; `signed` as above."""
    present = list(signed)
    if not missing_roles(domain, present):
        return SIGNED
    return IN_REVIEW if present else DRAFT


def _text(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
