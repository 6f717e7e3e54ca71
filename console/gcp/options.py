"""The key of a `[[sources]]` table that names projects of Google Cloud."""

from __future__ import annotations

import re
from collections.abc import Mapping

from console.settings import SourceSettings
from console.settings_reading import Table

PROJECT = re.compile(r"([a-z][a-z0-9.-]{0,60}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")


def options(table: Table) -> Mapping[str, object]:
    """`projects`. Raises BadConfiguration."""
    projects = table.texts("projects")
    if not projects:
        table.refuse("projects", 'is missing: name the projects that call models, such as projects = ["claims-prod"]')
    for project in projects:
        if not PROJECT.fullmatch(project):
            table.refuse("projects", 'holds what is not a project\'s identifier; write it as the console shows it, not '
                         "its number or its name")
    return {"projects": tuple(dict.fromkeys(projects))}


def projects_of(settings: SourceSettings) -> tuple[str, ...]:
    """The projects of a source."""
    value = settings.options.get("projects")
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
