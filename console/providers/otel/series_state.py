"""How far cumulative counts were, kept in a file, so that a console that begins anew counts no token twice."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from console.providers.otel.totals import MOST_SERIES, Counted

log = logging.getLogger(__name__)


def read(path: Path) -> Counted:
    """The counts in the file; none where there is no such file, or it is not one of ours."""
    try:
        told = json.loads(path.read_bytes())
        return {
            str(name): (int(start), int(end), int(value))
            for name, (start, end, value) in list(told.items())[-MOST_SERIES:]
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        log.warning("%s is not readable; cumulative metrics may be counted twice once", path)
        return {}


def write(path: Path, counted: Counted) -> None:
    """Replace the file's content. A folder that cannot be written to costs one double count, so that is only logged."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        place = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(place, "w") as file:
            json.dump(counted, file)
        fresh.replace(path)
    except OSError as error:
        log.warning("%s cannot be written (%s); cumulative metrics may be counted twice once", path, error)
