"""The targets of Google's switches: a service account, and the project that it lies in."""

from __future__ import annotations

import re
from urllib.parse import quote

from console.gcp.options import PROJECT
from console.switches.switch import SwitchError

_EMAIL = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}@([a-z0-9.-]{1,120})")
_OF_PROJECT = ".iam.gserviceaccount.com"


def check_target(target: str) -> str | None:
    """What is wrong with a target in the MBOM."""
    project, _, email = target.rpartition("/")
    found = _EMAIL.fullmatch(email)
    if found is None:
        return "is not a service account: write its e-mail, NAME@PROJECT.iam.gserviceaccount.com"
    if not project and not found[1].endswith(_OF_PROJECT):
        return f"does not say in which project it is: write PROJECT/{email}"
    return "names no project before the slash" if project and not PROJECT.fullmatch(project) else None


def parts(target: str) -> tuple[str, str]:
    """(project, e-mail) of a target. Raises SwitchError."""
    if (wrong := check_target(target)) is not None:
        raise SwitchError(f"{target[:80]!r} {wrong}")
    project, _, email = target.rpartition("/")
    return project or _project_of(email), email


def account_path(target: str) -> str:
    """Where a service account is asked for."""
    project, email = parts(target)
    return f"v1/projects/{quote(project, safe='')}/serviceAccounts/{quote(email, safe='@')}"


def _project_of(email: str) -> str:
    """The project that an e-mail says. That of a domain, `example.com:claims`, is written backwards there."""
    host = email.split("@", 1)[1].removesuffix(_OF_PROJECT)
    project, _, domain = host.partition(".")
    return f"{domain}:{project}" if domain else project
