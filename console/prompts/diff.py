"""What differs between two versions, as git writes it."""

from __future__ import annotations

from console.errors import InputError
from console.prompts.checkout import Checkout
from console.prompts.version import short

LIMIT_BYTES = 8 * 1024 * 1024


def unified(checkout: Checkout, before: str | None, after: str) -> tuple[str, ...]:
    """Lines of a unified diff from one blob to another (None: from nothing), without git's head.

    Raises InputError where the checkout does not have one of them.
    """
    for blob in filter(None, (before, after)):
        if checkout.content(blob) is None:
            raise InputError(f"{checkout.top} does not have the content {short(blob)} any more: its history was "
                             "rewritten, or it is another clone. Name one that has it: --checkout FOLDER")
    if before is None:
        content = (checkout.content(after) or b"").decode("utf-8", "replace")
        return tuple(f"+{line}" for line in content.splitlines())
    told = checkout.git.ask("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--text", "-U3",
                            before, after, limit=LIMIT_BYTES)
    lines = told.decode("utf-8", "replace").splitlines()
    begins = next((number for number, line in enumerate(lines) if line.startswith("@@")), len(lines))
    return tuple(lines[begins:])
