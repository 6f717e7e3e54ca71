"""The front door: the command line. It imports nothing heavy, and the only screens it knows are opened from here."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from console.commands.table import COMMANDS

if TYPE_CHECKING:
    from console.operations.door import Door

INTERRUPTED = 130
PIPE_CLOSED = 141
INTERNAL_ERROR = 70
WRONG_USAGE = 2

_EXIT_CODES = """exit codes: 0 done; 1 something is not well; 2 wrong usage; 69 provider unreachable; 73 cannot write;
77 not permitted; 78 bad configuration"""


def main(argv: list[str] | None = None) -> int:
    """Run one command, or open the console. Returns the exit code."""
    try:
        code = _ended(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes once more at its end; a closed pipe must not make it speak.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        return _report(error)


def _ended(argv: list[str]) -> int:
    try:
        return _run(argv)
    except SystemExit as end:  # --help, --version, wrong usage
        return end.code if isinstance(end.code, int) else 0


def _run(argv: list[str]) -> int:
    _refuse_bytes(argv)
    args = _parser().parse_args(argv)
    if args.command is None:
        return _open_console(args)
    from importlib import import_module

    module = import_module(f"console.commands.{args.command.replace('-', '_')}")
    parser = argparse.ArgumentParser(
        prog=f"token-console {args.command}", description=COMMANDS[args.command] + ".", allow_abbrev=False
    )
    _global_options(parser, argparse.SUPPRESS)
    module.arguments(parser)
    if args.command == "demo" and _is_terminal():
        parser.set_defaults(show=partial(_show, args))
    parsed = parser.parse_args(args.arguments, args)
    _refuse_vast_numbers(parser, parsed)
    code = module.run(parsed)
    assert isinstance(code, int)
    return code


def _refuse_bytes(argv: list[str]) -> None:
    """What is not UTF-8 can neither be stored nor printed, whatever it was meant for."""
    for number, word in enumerate(argv, 1):
        if not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
            shown = word.encode("utf-8", "backslashreplace").decode()
            from console.errors import UsageError

            raise UsageError(f"Word {number} of the command, {shown[:60]}, is not UTF-8. Write it in UTF-8; rename a "
                             "file that has such a name.")


def _refuse_vast_numbers(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Numbers of rows and versions are looked up in the database, which has none of more than 63 bits."""
    for name, value in vars(args).items():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, int) and abs(each) >= 2**63:
                parser.error(f"{name} {each} is larger than any number that there is")


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {help_line}" for name, help_line in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="token-console",
        usage="token-console [--config FILE] [--read-only] [--no-mouse] [--ascii] [COMMAND ...]",
        description="Watch what every workload spends on models, hold it to its Charter, and stop what runs away.\n"
        "Without a command the console opens.",
        epilog=f"commands (token-console COMMAND --help tells more):\n{commands}\n\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _global_options(parser, None)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("command", nargs="?", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _global_options(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Options that may stand before the command and after it; after it, an absent one keeps what was said before."""
    parser.add_argument("--config", metavar="FILE", default=default, help="the configuration (token-console.toml)")
    parser.add_argument(
        "--read-only", action="store_true", default=default or False, help="show everything, change nothing"
    )
    parser.add_argument(
        "--no-mouse", action="store_true", default=default or False, help="leave the mouse to the terminal"
    )
    parser.add_argument(
        "--ascii", action="store_true", default=default or False, help="draw with ASCII characters only"
    )


class _Version(argparse.Action):
    """Reads the version of the installed package only when asked: that takes as long as the rest of the start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"token-console {version('token-console')}")
        parser.exit()


def _open_console(args: argparse.Namespace) -> int:
    if not _is_terminal():
        print("The console needs a terminal. The same as text: token-console status", file=sys.stderr)
        return WRONG_USAGE
    from console.commands.context import find_config, load_config

    if find_config(args) is None:
        return _offer_demo()
    from console.memory import uncollected

    with uncollected():
        config = load_config(args)
        from console.clock import SystemClock
        from console.operations.door import Door
        from console.operations.identity import current_actor

    return _show(args, Door(config, SystemClock(), current_actor(config), read_only=config.read_only))


def _show(args: argparse.Namespace, door: Door) -> int:
    """Open the screens on a door. The demo is given this, since no command may import a screen."""
    from console.memory import uncollected

    with ExitStack() as starting:
        starting.enter_context(uncollected())  # a tenth of the time until the first paint, and it would find nothing
        from screens.app import run

        door.before_opening = lambda: _painted(starting)
        mouse = door.config.mouse and not args.no_mouse
        # Within the block: the console ends it when the first picture is painted.
        return run(door, door.first_daily(), mouse=mouse, ascii_only=args.ascii)


def _painted(starting: ExitStack) -> None:
    """The first picture is on the screen: go back to how a long-lived process works."""
    from console import logs, memory

    memory.keep()
    memory.collect_seldom()
    starting.close()
    logs.to_file()


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") not in ("", "dumb")


def _offer_demo() -> int:
    print("There is no configuration yet.\n")
    print("  token-console demo    shows the console on simulated providers; nothing outside is touched")
    print("  token-console init    writes a configuration to fill in, and an empty database\n")
    try:
        answer = input("Open the demo now? [Y/n] ")
    except EOFError:
        answer = "n"
    return main(["demo"]) if answer.strip().lower() in ("", "y", "yes") else 0


def _report(error: Exception) -> int:
    """Say what went wrong on standard error, and give the exit code that it carries."""
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        from console.text import clean

        print("\n".join(clean(line) for line in str(error).splitlines()), file=sys.stderr)
        return code
    from console.crash import write_report

    print(f"Token Console met an error that it did not expect ({type(error).__name__}). {write_report(error)}",
          file=sys.stderr)
    return INTERNAL_ERROR


if __name__ == "__main__":
    sys.exit(main())
