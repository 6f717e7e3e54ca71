"""What screens ask to show something, a read-only console may ask too."""

from __future__ import annotations

import inspect
import re
from typing import Any

from console.operations.door import QUESTIONS
from screens.annual import AnnualView
from screens.cadence import CadenceView
from screens.findings import FindingsView
from screens.monthly import MonthlyView
from screens.quarterly import QuarterlyView
from screens.residue import ResidueView


def test_every_cadence_is_shown_on_a_read_only_console() -> None:
    views: tuple[type[CadenceView[Any]], ...] = (AnnualView, FindingsView, MonthlyView, QuarterlyView, ResidueView)
    asked = {name for view in views
             for name in re.findall(r"door\.ask\((?:\w+\.)?(\w+)", inspect.getsource(view.question))}
    assert {"findings", "monthly"} <= asked <= QUESTIONS
