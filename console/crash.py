"""What is kept of an error that nobody expected: where it happened, without secrets and without local variables."""

from __future__ import annotations

import os
import platform
import traceback
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import platformdirs

from console.redaction import redact


def write_report(error: BaseException) -> str:
    """Write a report that only this user can read. Returns the sentence that says where it is, or why there is none."""
    now = datetime.now(UTC)
    text = (
        f"Token Console {version('token-console')}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{now:%Y-%m-%dT%H:%M:%SZ}\n\n{redact(''.join(traceback.format_exception(error)))}"
    )
    folder = Path(platformdirs.user_state_path("token-console")) / "crashes"
    path = folder / f"{now:%Y%m%dT%H%M%S.%f}Z-{os.getpid()}.txt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as failure:
        return f"No report could be written to {folder}: {failure.strerror}."
    return f"The report, for whoever looks after this installation, is {path}"
