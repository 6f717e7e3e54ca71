"""The configuration file: where it lies, and its settings. Reading it imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

from console.errors import BadConfiguration, InputError
from console.settings import (
    ROLES,
    Approvals,
    AuditSettings,
    BreakerSettings,
    Config,
    Notification,
    Operator,
    Organisation,
    PriceOverride,
    RuleSettings,
    SourceSettings,
    SwitchSettings,
)

__all__ = [
    "FILE_NAME",
    "ROLES",
    "Approvals",
    "AuditSettings",
    "BreakerSettings",
    "Config",
    "Notification",
    "Operator",
    "Organisation",
    "PriceOverride",
    "RuleSettings",
    "SourceSettings",
    "SwitchSettings",
    "default_path",
    "find",
    "load",
    "load_text",
]

FILE_NAME = "token-console.toml"


def default_path() -> Path:
    """Where the configuration of this user belongs on this system (`$XDG_CONFIG_HOME/token-console/…` on Linux)."""
    import platformdirs

    return platformdirs.user_config_path("token-console") / FILE_NAME


def find(path: Path | None) -> Path | None:
    """The configuration to use: the one named, `./token-console.toml`, or the user's own. None where there is none."""
    if path is not None:
        return path.absolute()
    here = Path.cwd() / FILE_NAME
    if here.is_file():
        return here
    own = default_path()
    return own if own.is_file() else None


def load(path: Path) -> Config:
    """The settings of one file.

    Raises BadConfiguration with file, line and what to write; NotPermitted where somebody else could change the file.
    """
    from console import toml
    from console.trusted_file import Trust, read_trusted

    try:
        raw = read_trusted(path, Trust.CONFIGURATION, toml.CONFIGURATION_LIMIT + 1)
        document = toml.load_bytes(raw, str(path))
    except FileNotFoundError as error:
        raise BadConfiguration(f"There is no {path}.", mend=f"token-console --config {path} init") from error
    except OSError as error:
        raise BadConfiguration(f"{path} cannot be read: {error.strerror}.") from error
    except InputError as error:
        raise BadConfiguration(str(error)) from error
    from console.settings_tables import config_of

    return config_of(document, path.absolute())


def load_text(text: str, path: Path) -> Config:
    """The settings of a text that lies, or will lie, at `path`. Raises BadConfiguration."""
    from console import toml
    from console.settings_tables import config_of

    try:
        return config_of(toml.load(text, str(path)), path.absolute())
    except InputError as error:
        raise BadConfiguration(str(error)) from error
