"""The themes: dark, light, sixteen colours, none. Colours are named here and nowhere else."""

from __future__ import annotations

import os
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
THEMES = (DARK, LIGHT, SIXTEEN)


def no_colour() -> bool:
    """Whether the person wants no colour at all (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def register(app: App[int]) -> None:
    """Make the themes known, and take the one that suits the terminal: TOKEN_CONSOLE_THEME says dark, light or 16."""
    for theme in THEMES:
        app.register_theme(theme)
    wanted = f"console-{os.environ.get('TOKEN_CONSOLE_THEME', '')}"
    if no_colour() or sixteen_colours():
        wanted = SIXTEEN.name
    app.theme = wanted if wanted in {theme.name for theme in THEMES} else DARK.name


def sixteen_colours() -> bool:
    """Whether the terminal says that it has no more than sixteen."""
    term = os.environ.get("TERM", "")
    return not os.environ.get("COLORTERM") and term in ("xterm", "linux", "screen", "vt100", "vt220", "ansi", "tmux")
