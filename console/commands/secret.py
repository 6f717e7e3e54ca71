"""`secret set|check|forget NAME`: the desktop's keyring, and whether a reference gives a secret."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from console import secrets
from console.commands.context import actor_at, find_config, load_config, open_desk, say
from console.errors import NotPermitted, UsageError
from console.operations.identity import current_actor
from console.operations.permissions import require
from console.reference import SCHEMES, parse_reference

if TYPE_CHECKING:
    from console.operations.desk import Desk

_LONGEST_LINE = secrets.LONGEST + 1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Keep secrets in the desktop's keyring, where the configuration refers to them as keyring:NAME. "
        "`set` asks for the value, or reads one line from standard input."
    )
    parser.add_argument("verb", choices=("set", "check", "forget"))
    parser.add_argument("name", metavar="NAME", help="a name in the keyring; for check, also a whole reference")
    parser.add_argument("--confirm-url", action="store_true",
                        help="check: from now on, send it to the base_url that its source has by now")


def run(args: argparse.Namespace) -> int:
    if args.verb == "check":
        return _check(args)
    if args.confirm_url:
        raise UsageError("--confirm-url goes with check: token-console secret check REFERENCE --confirm-url")
    _check_name(args.name)
    desk = _permitted(args)
    if args.verb == "set":
        _set(args.name, desk)
        say(f"Stored. The configuration refers to it as keyring:{args.name}")
    else:
        _forget(args.name, desk)
        say(f"The keyring holds nothing named {args.name} any more. Revoke the key at the provider, too.")
    return 0


def _set(name: str, desk: Desk | None) -> None:
    """Written down where there is an audit log; before `init` there is none."""
    value = _asked(name)
    if desk is None:
        secrets.store(name, value)
        return
    from console.operations.secret_keeping import set_secret

    asyncio.run(set_secret(desk, actor_at(desk), name=name, value=value))


def _forget(name: str, desk: Desk | None) -> None:
    if desk is None:
        secrets.forget(name)
        return
    from console.operations.secret_keeping import forget_secret

    asyncio.run(forget_secret(desk, actor_at(desk), name=name))


def _check(args: argparse.Namespace) -> int:
    is_reference = args.name.partition(":")[0] in SCHEMES and ":" in args.name
    reference = args.name if is_reference else f"keyring:{args.name}"
    if args.confirm_url:
        return _confirm(args, reference)
    base = load_config(args).base if find_config(args) else None
    secrets.resolve(reference, base=base)
    say(f"{reference} gives a secret.")
    return 0


def _confirm(args: argparse.Namespace, reference: str) -> int:
    from console.operations.secret_keeping import confirm_place

    desk = open_desk(args)
    confirmed = asyncio.run(confirm_place(desk, actor_at(desk), reference=reference))
    for source, place in confirmed:
        say(f"Confirmed: {reference} may be sent to {place}, for the source {source}.")
    if not confirmed:
        say(f"{reference} may be sent to where its source lies already; nothing changed.")
    return 0


def _permitted(args: argparse.Namespace) -> Desk | None:
    """Where there is a configuration, its operators say who may; before there is one, the keyring is one's own.

    The desk whose audit log tells of it; None where there is no database yet.
    """
    if args.read_only:
        raise NotPermitted("--read-only was asked for; the keyring is left as it is.")
    if find_config(args) is None:
        return None
    from console.operations.secret_keeping import permit
    from store.errors import DatabaseMissing

    try:
        desk = open_desk(args)
    except DatabaseMissing:
        require(current_actor(load_config(args)), "manage_secrets")
        return None
    asyncio.run(permit(desk, actor_at(desk), f"keyring:{args.name}"))
    return desk


def _check_name(name: str) -> None:
    try:
        parse_reference(f"keyring:{name}")
    except ValueError as error:
        raise UsageError(f"This name cannot be used: {error}.") from error


def _asked(name: str) -> str:
    """The value, from the terminal without an echo or from one line of standard input; never from the arguments."""
    if sys.stdin.isatty():
        from getpass import getpass

        value = getpass(f"Value of {name} (not shown): ")
    else:
        value = sys.stdin.readline(_LONGEST_LINE)
    value = value.strip()
    if not value or len(value) >= secrets.LONGEST or not value.isprintable() or not value.isascii():
        raise UsageError("A secret is one line of printable ASCII, at most 8 KiB. Nothing was stored.")
    return value
