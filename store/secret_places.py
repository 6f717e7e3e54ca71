"""Where each secret may be sent: the place it was first sent to, and those that a person confirmed since."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, or_, select

from store.tables import SecretPlace


def known(tx: Session, reference: str, fingerprint: str) -> list[str]:
    """Places of a secret, by its name or by itself under another name, oldest first; none before its first use."""
    found = tx.exec(select(SecretPlace.origin).where(
        or_(SecretPlace.reference == reference, SecretPlace.fingerprint == fingerprint)).order_by(col(SecretPlace.id)))
    return list(dict.fromkeys(found))


def remember(tx: Session, reference: str, fingerprint: str, origin: str, at: datetime,
             confirmed_by: str | None = None) -> None:
    """From now on the secret may be sent there."""
    tx.add(SecretPlace(reference=reference, fingerprint=fingerprint, origin=origin, confirmed_by=confirmed_by, at=at))
    tx.flush()
