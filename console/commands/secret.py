"""`secret set|check|forget NAME`: the desktop's keyring, and whether a reference gives a secret."""

from __future__ import annotations

import argparse
import sys

from console import secrets
from console.commands.context import find_config, load_config, say
from console.errors import NotPermitted, UsageError
from console.operations.identity import current_actor
from console.operations.permissions import require
from console.reference import SCHEMES, parse_reference

_LONGEST_LINE = secrets.LONGEST + 1


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Keep secrets in the desktop's keyring, where the configuration refers to them as keyring:NAME. "
        "`set` asks for the value, or reads one line from standard input."
    )
    parser.add_argument("verb", choices=("set", "check", "forget"))
    parser.add_argument("name", metavar="NAME", help="a name in the keyring; for check, also a whole reference")


def run(args: argparse.Namespace) -> int:
    if args.verb == "check":
        return _check(args)
    _permit(args)
    _check_name(args.name)
    if args.verb == "set":
        secrets.store(args.name, _asked(args.name))
        say(f"Stored. The configuration refers to it as keyring:{args.name}")
    else:
        secrets.forget(args.name)
        say(f"The keyring holds nothing named {args.name} any more. Revoke the key at the provider, too.")
    return 0


def _check(args: argparse.Namespace) -> int:
    is_reference = args.name.partition(":")[0] in SCHEMES and ":" in args.name
    reference = args.name if is_reference else f"keyring:{args.name}"
    base = load_config(args).base if find_config(args) else None
    secrets.resolve(reference, base=base)
    say(f"{reference} gives a secret.")
    return 0


def _permit(args: argparse.Namespace) -> None:
    """Where there is a configuration, its operators say who may; before there is one, the keyring is one's own."""
    if args.read_only:
        raise NotPermitted("--read-only was asked for; the keyring is left as it is.")
    if find_config(args) is not None:
        require(current_actor(load_config(args)), "manage_secrets")


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
