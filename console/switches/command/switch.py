"""The organisation's own program as a switch: one command each to stop, to resume, and to print the state."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from console.errors import ConsoleError
from console.switches.command import running
from console.switches.command.options import SECRET_VARIABLE, TARGET, CommandOptions
from console.switches.switch import ActionClass, CallResult, Outcome, SwitchError, SwitchUnreachable, Verb
from console.text import clean
from console.trusted_file import Trust, problem_with

LONGEST_TARGET = 200
_MINIMAL = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def check_target(target: str) -> str | None:
    """Why this cannot be passed to a program as it is, and what to write; None where it can."""
    if not target or len(target) > LONGEST_TARGET or not target.isprintable() or target.startswith("-"):
        return (f"cannot be passed to a command: use up to {LONGEST_TARGET} printable characters, and begin with "
                "another one than -, which programs take for an option")
    return None


def check_program(path: str) -> None:
    """Raises SwitchProgram for a program that is not there, that somebody else could change, or that cannot be run."""
    if problem := problem_with(Path(path), Trust.CONFIGURATION):
        raise SwitchProgram(problem)
    if not os.access(path, os.X_OK):
        raise SwitchProgram(f"{path} cannot be run.", mend=f"chmod u+x {shlex.quote(path)}")


def verbs(stopped: str, works: str, propagation_s: float) -> dict[str, Verb]:
    """What a command can do; the words are those that its `read` prints."""
    told = "a command of yours prints the state"
    return {
        "disable": Verb("disable", stopped, ActionClass.DISABLE, reversible=True, propagation_s=propagation_s,
                        read_back=told),
        "enable": Verb("enable", works, ActionClass.DISABLE, reversible=True, propagation_s=propagation_s,
                       read_back=told),
    }


class Command:
    """The commands of one `[[switches]]` table.

    credential: gives the secret that the program finds in its environment; None: it gets none.
    rehearsal: a dry run; only `read` is run.
    """

    kind = "command"

    def __init__(self, name: str, options: CommandOptions, credential: Callable[[], str] | None, *,
                 rehearsal: bool = False) -> None:
        self.verbs = verbs(options.stopped, options.running, options.propagation_s)
        self._name = name
        self._options = options
        self._credential = credential
        self._rehearsal = rehearsal

    async def read(self, target: str) -> str:
        """The first line that the `read` command prints. Raises SwitchError."""
        if wrong := check_target(target):
            raise SwitchError(f"{clean(target, 80)!r} {wrong}; correct it in the MBOM")
        return await asyncio.to_thread(self._read, target)

    async def act(self, target: str, verb: Verb, idempotency_key: str) -> CallResult:
        """Run the verb's command once. Exit 0 is accepted; a code that says so is a refusal; all else is unknown."""
        if wrong := check_target(target):
            return CallResult(Outcome.REFUSED, f"nothing was run: {clean(target, 80)!r} {wrong}")
        if self._rehearsal:
            return CallResult(Outcome.REFUSED, f"dry run, not run: {self.by_hand(target, verb)}")
        return await asyncio.to_thread(self._act, target, verb, idempotency_key)

    def is_own(self, target: str) -> bool:
        return False

    def by_hand(self, target: str, verb: Verb) -> str:
        return shlex.join(_filled(self._argv(verb.name), target))

    async def close(self) -> None:
        """Nothing is held open."""

    def _read(self, target: str) -> str:
        try:
            ended, errors = self._run(self._options.read, target, {})
        except (ConsoleError, OSError) as error:
            raise SwitchError(f"the state could not be asked for: {error}") from error
        if ended.code is None:
            raise SwitchUnreachable(f"{self._options.read[0]} did not tell the state within "
                                    f"{self._options.timeout_s:g} s, and was stopped")
        if ended.code != 0:
            definite = ended.code in self._options.refusals
            raise (SwitchError if definite else SwitchUnreachable)(
                f"{self._options.read[0]} ended with {ended.code}{errors}")
        lines = ended.output.decode("utf-8", "replace").split("\n")
        state = next((line.strip() for line in lines if line.strip()), "")
        if not state:
            raise SwitchUnreachable(f"{self._options.read[0]} printed no state")
        return clean(state, 64)

    def _act(self, target: str, verb: Verb, key: str) -> CallResult:
        argv = self._argv(verb.name)
        said = {"TOKEN_CONSOLE_VERB": verb.name, "TOKEN_CONSOLE_WANTED": verb.wanted, "TOKEN_CONSOLE_KEY": key}
        try:
            ended, errors = self._run(argv, target, said)
        except (ConsoleError, OSError) as error:
            return CallResult(Outcome.REFUSED, f"nothing was run: {error}")
        if ended.code is None:
            return CallResult(Outcome.UNKNOWN, f"{argv[0]} did not end within {self._options.timeout_s:g} s, and was "
                                               "stopped with all that it had started")
        if ended.code == 0:
            return CallResult(Outcome.ACCEPTED)
        outcome = Outcome.REFUSED if ended.code in self._options.refusals else Outcome.UNKNOWN
        return CallResult(outcome, f"{argv[0]} ended with {ended.code}{errors}")

    def _run(self, argv: Sequence[str], target: str, said: dict[str, str]) -> tuple[running.Ended, str]:
        """How it ended, and what it said of that, in words. Raises OSError, SwitchProgram, SecretError."""
        check_program(argv[0])
        environment = {**_MINIMAL, **self._options.environment, **said, "TOKEN_CONSOLE_TARGET": target}
        secret = self._credential() if self._credential else None
        if secret is not None:
            environment[SECRET_VARIABLE] = secret
        ended = running.run(_filled(argv, target), environment, self._options.timeout_s)
        errors = ended.errors.decode("utf-8", "replace").strip()
        if secret is not None:
            errors = errors.replace(secret, "(secret)")
        return ended, f": {clean(errors.splitlines()[-1], 200)}" if errors else ""

    def _argv(self, verb: str) -> tuple[str, ...]:
        return {"disable": self._options.disable, "enable": self._options.enable}[verb]


class SwitchProgram(ConsoleError):
    """The program of a switch is not there, or somebody else could have changed it."""

    exit_code = 78


def _filled(argv: Sequence[str], target: str) -> list[str]:
    """The target in place of `{target}`, whole elements only."""
    return [target if element == TARGET else element for element in argv]
