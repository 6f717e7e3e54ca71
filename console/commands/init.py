"""`init`: a commented configuration and an empty database, never over anything that exists."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from console import kinds
from console.commands.context import say
from console.config import FILE_NAME, load, load_text
from console.errors import CannotWrite, NotPermitted
from console.operations.door import database_path
from console.operations.identity import login_name
from console.trusted_file import Trust, problem_with

_TEMPLATE = """\
# Token Console. `token-console doctor` checks what is written here; config.example.toml of the project names every key.
# No secret goes into this file: write env:NAME, keyring:NAME, file:PATH, command:["program", "argument"] or cred:NAME.

[organisation]
name = "Example Ltd"
time_zone = "UTC"                        # an IANA name, such as "Europe/London"

[database]
url = "sqlite:///token-console.db"       # beside this file

# Who may do what. `user` is the operating-system login; whoever is not listed may look, and do nothing.
# Roles: viewer, on_call, token_architect, business_owner, platform_lead, finance_partner, risk_officer
[[operators]]
user = {user}
roles = ["on_call", "token_architect"]

# Where usage is read. An Admin API key reads it; another one turns API keys off and on, so that neither can do both.
[[sources]]
name = "anthropic"
kind = "anthropic"                       # or another one: {kinds}
secret = "env:ANTHROPIC_ADMIN_KEY"
kill_secret = "env:ANTHROPIC_KILL_KEY"
poll = "60s"

# [approvals]
# two_person = true                      # who asks for a resume cannot be the one who approves it

# [[notifications]]                      # pip install 'token-console[notify]'
# name = "pager"
# url = "keyring:pager-url"              # an apprise URL, kept as a secret
# severity = "critical"
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        f"Write --config FILE (./{FILE_NAME} unless named) and the empty database that it names. "
        "What exists is never overwritten; where the configuration exists and its database does not, that is made. "
        f"Kinds of sources: {', '.join(kinds.source_names())}. Kinds of switches: {', '.join(kinds.switch_names())}."
    )


def run(args: argparse.Namespace) -> int:
    if args.read_only:
        raise NotPermitted("init writes files, and --read-only was asked for. Nothing was written.")
    path = Path(args.config or FILE_NAME).absolute()
    if path.is_file():
        return _only_database(path)
    text = _TEMPLATE.format(user=json.dumps(login_name()), kinds=", ".join(kinds.source_names()))
    database = database_path(load_text(text, path))
    assert database is not None, "the template names a SQLite file"
    _refuse_what_exists(path, database)
    _write(path, text)
    try:
        _check_folder(path)
        _create_database(path)
    except BaseException:
        path.unlink()
        raise
    say(f"Wrote {path} and the empty database {database}.")
    say("Next: put the organisation's name and its sources into the file, then: "
        f"token-console{_option(args)} doctor")
    return 0


def _only_database(path: Path) -> int:
    """There is a configuration: it is kept, and the database that it names is made where there is none."""
    config = load(path)
    database = database_path(config)
    assert database is not None, "the configuration takes nothing but SQLite"
    if database.exists():
        _refuse_what_exists(path, database)
    _create_database(path)
    say(f"Kept {path}, and wrote the empty database {database}.")
    return 0


def _refuse_what_exists(*paths: Path) -> None:
    existing = [str(path) for path in paths if path.is_symlink() or path.exists()]
    if existing:
        verb = "exist" if len(existing) > 1 else "exists"
        raise CannotWrite(f"{' and '.join(existing)} {verb} already; nothing was written. To write elsewhere: "
                          "token-console --config OTHER_FILE init")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror}. Nothing was written.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _check_folder(path: Path) -> None:
    """What is written must be readable by the next command, or the person learns of it too late."""
    problem = problem_with(path, Trust.CONFIGURATION)
    if problem is not None:
        raise NotPermitted(f"{problem} Nothing was written.")


def _create_database(path: Path) -> None:
    from store.database import Database

    Database.create(load(path).database_url).close()


def _option(args: argparse.Namespace) -> str:
    return f" --config {args.config}" if args.config else ""
