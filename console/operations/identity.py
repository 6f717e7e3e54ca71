"""Who runs this process, as the kernel knows it."""

from __future__ import annotations

import os
import pwd

from console.config import Config
from console.operations.actor import Actor
from console.text import clean

_CLAIMS = ("SSH_CONNECTION", "SSH_TTY", "SUDO_USER", "TMUX_PANE")


def login_name() -> str:
    """The login of this process's user; its number where the system has no name for it."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def current_actor(config: Config) -> Actor:
    """The person at this process. Who is not in `[[operators]]` has no role: may look, and do nothing."""
    name = login_name()
    roles = next((operator.roles for operator in config.operators if operator.user == name), ())
    claimed = tuple((claim, clean(os.environ[claim], 100)) for claim in _CLAIMS if claim in os.environ)
    return Actor(user=name, roles=roles, known="kernel", claimed=claimed)
