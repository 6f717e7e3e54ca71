"""A residue for screens: a stray key, a key that is billed more than metered, hostile names, what is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from console.cadences.residue.value import Residue, ResidueLine, UnclaimedLine

EVIL = "\x1b]52;c;AAAA\x07[red]evil[/red]"


def normal(month: str = "2026-11") -> Residue:
    """Three keys, one of them nobody's; two days of two sources."""
    start = datetime(2026, int(month[-2:]), 1, tzinfo=UTC)
    end = datetime(2026, int(month[-2:]) + 1, 1, tzinfo=UTC)
    lines = (
        ResidueLine("key", "anthropic", "apikey_claims", "Claims key", "claims-triage", 812_340_000, 0, 800_000_000,
                    812_000_000),
        ResidueLine("key", "anthropic", "apikey_stray", EVIL, "", 412_500_000, 2_000_000, 400_000_000, 400_000_000),
        ResidueLine("key", "openai", "", "", "several", 90_000_000, 0, None, None),
        ResidueLine("model", "anthropic", "claude-sonnet-4-6", "", "several", 1_224_840_000, 0, None, None),
        ResidueLine("model", "openai", "gpt-6-sol", "", "several", 90_000_000, 90_000_000, None, None),
        ResidueLine("day", "anthropic", f"{month}-01", "", "", 700_000_000, 0, 700_000_000, 712_000_000),
        ResidueLine("day", "anthropic", f"{month}-02", "", "", 524_840_000, 0, None, None),
        ResidueLine("source", "anthropic", "anthropic", "", "several", 1_224_840_000, 0, 1_200_000_000, 1_212_000_000),
        ResidueLine("source", "openai", "openai", "", "several", 90_000_000, 90_000_000, None, None),
    )
    stray = UnclaimedLine("anthropic", "apikey_stray", EVIL, ("claude-opus-4-7", EVIL), 412_500_000, 2_000_000,
                          Decimal("0.3137"), f"{month}-03", f"{month}-22",
                          '{ source = "anthropic", api_key_id = "apikey_stray" }')
    return Residue(datetime(2026, 11, 23, 2, 14, tzinfo=UTC), "Example Ltd", "Europe/London", month, start, end,
                   month == "2026-11", datetime(2026, 11, 22, tzinfo=UTC), 1_314_840_000, 412_500_000, 1_212_000_000,
                   ("openai was read only up to 2026-11-22 20:00Z",), lines, (stray,))
