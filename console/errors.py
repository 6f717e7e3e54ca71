"""What can go wrong, as one tree. Each error says what happened, to what, and what to do.

ConsoleError
├── UsageError            2   the command was called wrongly
├── InputError            1   a file from outside is not what it should be (place and remedy in the message)
├── ProviderUnreachable   69  a provider did not answer, or not usably
├── CannotWrite           73  disk full, no permission, database damaged
├── NotPermitted          77  the actor's roles, or a file's mode, do not allow it
└── BadConfiguration      78  the configuration file, or a database newer than the program
"""

from __future__ import annotations


class ConsoleError(Exception):
    """Base of every error that is shown to a person. `str(error)` is the whole message, in plain English."""

    exit_code = 70

    def __init__(self, message: str = "", *, mend: str | None = None) -> None:
        """`mend` is a shell command that mends it, where one does; the message then ends with it."""
        super().__init__(f"{message} To mend it: {mend}" if mend else message)
        self.mend = mend


class UsageError(ConsoleError):
    exit_code = 2


class InputError(ConsoleError):
    exit_code = 1

    def __init__(self, message: str = "", *, mend: str | None = None, line: int | None = None,
                 remedy: str = "") -> None:
        """`line` of the file from 1, and what to do there, for whoever lists problems; the message says both anyway."""
        super().__init__(message, mend=mend)
        self.line, self.remedy = line, remedy


class ProviderUnreachable(ConsoleError):
    exit_code = 69


class CannotWrite(ConsoleError):
    exit_code = 73


class NotPermitted(ConsoleError):
    exit_code = 77


class BadConfiguration(ConsoleError):
    exit_code = 78
