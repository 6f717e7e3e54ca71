"""The signing key: made once, kept private, and checked by its public half alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.audit.keys import SigningKey, is_signed, signing_key
from console.errors import ConsoleError
from console.secrets import SecretError


def test_a_key_is_made_where_there_is_none_and_is_the_same_from_then_on(tmp_path: Path) -> None:
    made = signing_key("file:audit-key", tmp_path)
    assert (tmp_path / "audit-key").stat().st_mode & 0o777 == 0o600
    assert signing_key("file:audit-key", tmp_path).public == made.public


def test_what_one_key_signed_no_other_key_and_no_other_text_verifies(tmp_path: Path) -> None:
    key, other = signing_key("file:one", tmp_path), signing_key("file:two", tmp_path)
    signature = key.sign("the head")
    assert is_signed("the head", signature, key.public)
    assert not is_signed("the head", signature, other.public)
    assert not is_signed("the Head", signature, key.public)
    assert not is_signed("the head", "not hexadecimal", key.public)


def test_the_signature_is_ed25519_as_everybody_else_computes_it() -> None:
    """RFC 8032, 7.1, test 1 has this key; its public half is known."""
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    signing_key("file:audit-key", tmp_path)
    (tmp_path / "audit-key").chmod(0o644)
    with pytest.raises(SecretError, match="can be read by others"):
        signing_key("file:audit-key", tmp_path)


def test_something_else_in_its_place_is_refused_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "audit-key").write_text("hunter2\n")
    (tmp_path / "audit-key").chmod(0o600)
    with pytest.raises(SecretError, match="64 hexadecimal digits") as refused:
        signing_key("file:audit-key", tmp_path)
    assert "hunter2" not in str(refused.value)


def test_where_the_console_cannot_keep_a_key_it_makes_none(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="is not set"):
        signing_key("env:NO_SUCH_AUDIT_KEY", tmp_path)
    with pytest.raises(ConsoleError):
        signing_key("file:no/such/folder/key", tmp_path)
