"""The forms that an MBOM file comes in: TOML, JSON, CycloneDX, CSV. Which one it is, it says itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from console import toml
from console.charters.problem import Problem
from console.config import Config
from console.operations.mbom import csv_reading as mbom_csv_reading
from console.operations.mbom import cyclonedx_reading as mbom_cyclonedx_reading
from console.operations.mbom import file as mbom_file
from console.operations.mbom import json as mbom_json
from console.operations.mbom.file import MbomFile

LIMIT = mbom_json.LIMIT
"""Bytes of the largest file; TOML has a lower one of its own."""


def read(text: str, what: str, config: Config, stored: Mapping[str, Mapping[str, Any]]) -> MbomFile:
    """Understand an MBOM file of any form. Raises InputError where it is none of them."""
    if what.lower().endswith(".csv") or text.startswith("slug,"):
        return mbom_file.understand(mbom_csv_reading.load(text, what, stored), config, stored)
    if not text.lstrip().startswith("{"):
        return mbom_file.understand(toml.load(text, what, toml.REGISTRY_LIMIT), config, stored)
    document = mbom_json.load(text, what)
    problems: list[Problem] = []
    if "bomFormat" in document.data or "specVersion" in document.data:
        document, problems = mbom_cyclonedx_reading.entries(document)
    found = mbom_file.understand(document, config, stored)
    if problems and not document.data["workload"]:
        return replace(found, problems=problems)  # that there is no workload says nothing more
    return replace(found, problems=[*problems, *found.problems])
