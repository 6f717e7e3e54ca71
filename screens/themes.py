"""The themes: dark, light, sixteen colours, none. Colours are named here and nowhere else."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

DARK = Theme(
    name="console-dark",
    dark=True,
    primary="#7aa2c8",
    secondary="#8fa3b0",
    accent="#c9a35c",
    foreground="#d3d7db",
    background="#14171a",
    surface="#14171a",
    panel="#1d2226",
    boost="#252b30",
    warning="#e0b050",
    error="#f07a72",
    success="#7fb77e",
    variables={
        "quiet": "#8a939b",
        "strip": "#1d2226",
        "strip-text": "#d3d7db",
        "row": "#2c3a47",
        "row-text": "#ffffff",
        "badge": "#e0b050",
        "badge-text": "#14171a",
        "footer-key": "#9cc3e6",
        "bar": "#5f7f9b",
        "input-cursor-background": "#d3d7db",
        "input-cursor-foreground": "#14171a",
    },
)
LIGHT = Theme(
    name="console-light",
    dark=False,
    primary="#1f5f95",
    secondary="#4a5a66",
    accent="#7a5400",
    foreground="#1b1f23",
    background="#f4f5f6",
    surface="#f4f5f6",
    panel="#e6e9eb",
    boost="#dfe3e6",
    warning="#7a5000",
    error="#b3261e",
    success="#21682a",
    variables={
        "quiet": "#5a646c",
        "strip": "#e1e5e8",
        "strip-text": "#1b1f23",
        "row": "#c9dcee",
        "row-text": "#000000",
        "badge": "#7a5000",
        "badge-text": "#ffffff",
        "footer-key": "#1f5f95",
        "bar": "#5b86ab",
        "input-cursor-background": "#1b1f23",
        "input-cursor-foreground": "#f4f5f6",
    },
)
SIXTEEN = Theme(
    name="console-16",
    dark=True,
    ansi=True,
    primary="ansi_bright_cyan",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    warning="ansi_yellow",
    error="ansi_bright_red",
    success="ansi_green",
    variables={
        "quiet": "ansi_default",
        "strip": "ansi_default",
        "strip-text": "ansi_default",
        "row": "ansi_default",
        "row-text": "ansi_default",
        "badge": "ansi_yellow",
        "badge-text": "ansi_black",
        "footer-key": "ansi_cyan",
        "bar": "ansi_cyan",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
    },
)
MONO = replace(SIXTEEN, name="console-mono")
"""Like sixteen colours; a filter takes the colours away, and the selected row is still turned round."""
THEMES = {"dark": DARK, "light": LIGHT, "16": SIXTEEN, "mono": MONO}
"""By the names that people choose them by."""


def no_colour() -> bool:
    """Whether the person wants no colour at all (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def is_mono(app: App[int]) -> bool:
    """Whether the screen has no colours."""
    return no_colour() or app.theme == MONO.name


def register(app: App[int]) -> None:
    """Make the themes known, and take the one that suits: no colour or sixteen where there is no more, else what
    TOKEN_CONSOLE_THEME says (dark, light, 16, mono), else what this user chose last, else dark."""
    for theme in THEMES.values():
        app.register_theme(theme)
    app.theme = _suitable().name


def _suitable() -> Theme:
    if no_colour():
        return MONO
    chosen = THEMES.get(os.environ.get("TOKEN_CONSOLE_THEME") or _remembered())
    if sixteen_colours() and chosen is not MONO:
        return SIXTEEN
    return chosen or DARK


def choose(app: App[int], name: str) -> str:
    """Take the theme of this name, and remember it for this user. Returns a sentence that says so."""
    app.theme = THEMES[name].name
    try:
        _choice().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _choice().write_text(f"{name}\n", encoding="ascii")
    except OSError as error:
        return f"The theme is {name} now; it could not be remembered in {_choice()}: {error.strerror}."
    return f"The theme is {name}, now and the next time."


def _remembered() -> str:
    try:
        return _choice().read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _choice() -> Path:
    """Where the choice is kept. Not asked of platformdirs: that takes 10 ms of the first paint."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "token-console" / "theme"


def sixteen_colours() -> bool:
    """Whether the terminal says that it has no more than sixteen."""
    term = os.environ.get("TERM", "")
    return not os.environ.get("COLORTERM") and term in ("xterm", "linux", "screen", "vt100", "vt220", "ansi", "tmux")
