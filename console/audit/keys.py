"""The key that signs checkpoints: Ed25519, so that whoever checks them needs only its public half.

The private half is a secret like any other: a reference names where it is kept, beside the database unless the
configuration says otherwise. It is 32 random bytes, written as hexadecimal.
"""

from __future__ import annotations

import os
import secrets as randomness
from pathlib import Path

from console import secrets
from console.errors import CannotWrite
from console.reference import Reference, parse_reference
from console.secrets import SecretError, SecretMissingError

SEED_BYTES = 32
MAKES = ("file", "keyring")
"""Places where the console can keep a key that it makes."""


class SigningKey:
    """The private half, for as long as a checkpoint takes to sign."""

    def __init__(self, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # 0.05 s, and only to sign

        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw().hex()

    def sign(self, text: str) -> str:
        """The signature of a text, as hexadecimal."""
        return self._key.sign(text.encode()).hex()


def signing_key(reference: str, base: Path) -> SigningKey:
    """The key that the reference names; made there where there is none yet. Raises SecretError or CannotWrite."""
    place = parse_reference(reference)
    try:
        text = secrets.resolve(reference, base=base)
    except SecretMissingError:
        if place.scheme not in MAKES:
            raise
        text = _make(place, base)
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise SecretError(f"{place} holds no signing key of the audit log: it must be {2 * SEED_BYTES} hexadecimal "
                          "digits, as `openssl rand -hex 32` prints them.")
    return SigningKey(seed)


def is_signed(text: str, signature: str, public: str) -> bool:
    """Whether the owner of this public key signed the text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _make(place: Reference, base: Path) -> str:
    text = randomness.token_hex(SEED_BYTES)
    if place.scheme == "keyring":
        secrets.store(place.name, text)
        return text
    path = base / Path(place.name).expanduser()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(descriptor)
    except FileExistsError:  # another process made it at the same moment
        return secrets.resolve(str(place), base=base)
    except OSError as error:
        raise CannotWrite(f"The signing key of the audit log cannot be written to {path}: {error.strerror}.") from error
    return text
