"""The Token Risk Appetite Matrix: what each cell of cost variance x output variance permits.

The shipped matrix is three by three. `[tram]` of the configuration replaces cells, or adds its own rows and columns:

    [tram.tiers]
    workhorse = ["our-model-*"]

    [tram.low.medium]                  # cost variance, then output variance
    models = ["distilled", "workhorse", "vendor-model-7"]   # tiers, or models by name or pattern
    thinking = false
    depth_cap = 2
    fan_out_cap = 4
    review = { what = "sample", when = "post-issue pre-action", authority = "override" }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from console.charters.document import AUTHORITY, REVIEWED, WHEN
from console.charters.production import is_permitted
from console.errors import BadConfiguration
from console.model_names import spellings

TIERS: Mapping[str, tuple[str, ...]] = {
    "distilled": ("*haiku*", "*-mini*", "*-nano*", "*flash*"),
    "workhorse": ("*sonnet*", "gpt-*", "*gemini*pro*"),
    "frontier": ("*opus*", "gpt-*-pro*", "o[0-9]*"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    models: tuple[str, ...]
    """Tiers, model names, or patterns with `*`."""
    thinking: bool
    depth_cap: int
    fan_out_cap: int
    review_what: str
    """The least that a Charter of this cell may promise; so are the next two."""
    review_when: str
    review_authority: str


@dataclass(frozen=True, slots=True)
class Matrix:
    cells: Mapping[tuple[str, str], Cell]
    """By (cost variance, output variance)."""
    tiers: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> list[str]:
        return list(dict.fromkeys(cost for cost, _ in self.cells))

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(output for _, output in self.cells))

    def tier(self, model: str) -> str | None:
        """The tier whose patterns name the model; the most specific (longest) pattern wins. None: unknown."""
        names = spellings(model)
        found = [(len(pattern), tier) for tier, patterns in self.tiers.items()
                 for pattern in patterns if any(fnmatchcase(name, pattern.lower()) for name in names)]
        return max(found)[1] if found else None

    def permits(self, cell: Cell, model: str) -> bool | None:
        """Whether the cell permits the model; None where nobody said what tier it is."""
        if is_permitted(model, cell.models):
            return True
        tier = self.tier(model)
        return None if tier is None else tier in cell.models


def _shipped() -> dict[tuple[str, str], Cell]:
    by_cost = {
        "low": Cell(("distilled", "workhorse"), False, 2, 4, "", "", ""),
        "medium": Cell(("distilled", "workhorse"), True, 3, 8, "", "", ""),
        "high": Cell(("distilled", "workhorse", "frontier"), True, 4, 16, "", "", ""),
    }
    by_output = {
        "low": ("every output", "post-issue pre-action", "override"),
        "medium": ("sample", "post-issue pre-action", "override"),
        "high": ("exceptions", "post-action", "advisory"),
    }
    return {
        (cost, output): replace(cell, review_what=what, review_when=when, review_authority=authority)
        for cost, cell in by_cost.items() for output, (what, when, authority) in by_output.items()
    }


DEFAULT = Matrix(_shipped(), TIERS)


def matrix_of(settings: Mapping[str, object]) -> Matrix:
    """The shipped matrix with what `[tram]` of the configuration says over it. Raises BadConfiguration."""
    tiers = dict(TIERS)
    for tier, patterns in _table(settings.get("tiers", {}), "[tram.tiers]").items():
        tiers[tier] = (*TIERS.get(tier, ()), *_texts(patterns, f"[tram.tiers] {tier}"))
    cells = dict(DEFAULT.cells)
    for cost, row in settings.items():
        if cost == "tiers":
            continue
        for output, raw in _table(row, f"[tram.{cost}]").items():
            place = f"[tram.{cost}.{output}]"
            before = cells.get((cost, output), cells["low", "low"])
            cells[cost, output] = _cell(_table(raw, place), before, place)
    return Matrix(cells, tiers)


def _cell(raw: Mapping[str, Any], before: Cell, place: str) -> Cell:
    review = _table(raw.get("review", {}), f"{place} review")
    unknown = [*(set(raw) - {"models", "thinking", "depth_cap", "fan_out_cap", "review"}),
               *(set(review) - {"what", "when", "authority"})]
    if unknown:
        raise BadConfiguration(f"{place}: {unknown[0]} is not known; a cell has models, thinking, depth_cap, "
                               "fan_out_cap and review = { what, when, authority }")
    thinking = raw.get("thinking", before.thinking)
    if not isinstance(thinking, bool):
        raise BadConfiguration(f"{place}: thinking is neither true nor false; write thinking = false")
    return Cell(
        models=_texts(raw["models"], f"{place} models") if "models" in raw else before.models,
        thinking=thinking,
        depth_cap=_whole(raw.get("depth_cap", before.depth_cap), f"{place} depth_cap"),
        fan_out_cap=_whole(raw.get("fan_out_cap", before.fan_out_cap), f"{place} fan_out_cap"),
        review_what=_choice(review.get("what", before.review_what), REVIEWED, f"{place} review.what"),
        review_when=_choice(review.get("when", before.review_when), WHEN, f"{place} review.when"),
        review_authority=_choice(review.get("authority", before.review_authority), AUTHORITY,
                                 f"{place} review.authority"),
    )


def _table(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadConfiguration(f"{place} is not a table; see [tram] in config.example.toml")
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(item, str) for item in value):
        raise BadConfiguration(f'{place} is not a list of texts; write ["distilled", "workhorse"]')
    return tuple(value)


def _whole(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadConfiguration(f"{place} is not a whole number from 0")
    return value


def _choice(value: object, choices: tuple[str, ...], place: str) -> str:
    if value not in choices:
        raise BadConfiguration(f"{place} is not one of: {', '.join(choices)}")
    return str(value)
