"""Where the running system writes what it has to say to its maintainers: a file of its own, never the terminal."""

from __future__ import annotations

import json
import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from console.redaction import redact

LARGEST = 2 * 2**20
KEPT = 3


class OneLine(logging.Formatter):
    """One line a record, escaped as JSON: text from outside can neither forge a record nor colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        said = {"at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"), "level": record.levelname, "from": record.name,
                "text": redact(record.getMessage())}
        if record.exc_info:
            said["error"] = redact(self.formatException(record.exc_info))
        return json.dumps(said)


def to_file() -> Path | None:
    """Send every record to the log file (mode 0600) and nothing to the terminal. None where no file can be written."""
    path = Path(platformdirs.user_state_path("token-console")) / "token-console.log"
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, delay=True)
    except OSError:
        handler, path = logging.NullHandler(), Path()
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # A turn that outlasts its interval is skipped on purpose; the engine shows what matters of its jobs itself.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    return path if path.name else None
