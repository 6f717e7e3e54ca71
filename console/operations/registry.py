"""The registry as screens and commands ask for it: the MBOM, Charters, signatures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from console.charters.template import template
from console.operations.actor import Actor
from console.operations.desk import Desk
from console.operations.mbom import draft as mbom_draft
from console.operations.registry_charters import (
    CharterImported,
    CharterView,
    charter_document_for,
    charters,
    import_charter,
    show_charter,
)
from console.operations.registry_comparing import Comparison, compare_charters
from console.operations.registry_export import export_mbom
from console.operations.registry_mbom import (
    FieldChange,
    Imported,
    MbomEntry,
    MbomLine,
    existing,
    import_mbom,
    mbom,
    mbom_history,
    set_field,
    show_mbom,
)
from console.operations.registry_signing import Signed, sign
from store import registry as store

__all__ = [
    "CharterImported", "CharterView", "Comparison", "FieldChange", "Imported", "MbomEntry", "MbomLine", "Signed",
    "charter_document_for", "charters", "compare_charters", "draft_from_unattributed", "export_mbom",
    "import_charter", "import_mbom", "mbom", "mbom_history", "new_charter", "set_field", "show_charter",
    "show_mbom", "sign",
]


async def draft_from_unattributed(desk: Desk, actor: Actor, *, identity: Mapping[str, str | None], source: str = "",
                                  name: str = "") -> str:
    """TOML text of a new MBOM entry for usage that no rule claims.

    `identity`: its dimensions, and its source where that is not given beside; `name`: what the provider calls it.
    """
    claimed = {"source": source, **identity} if source else identity
    kind = next((each.kind for each in desk.config.sources if each.name == claimed.get("source")), "")
    known_as = name or next((value for key, value in identity.items() if value and key != "source"), "")

    def read() -> str:
        with desk.database.read() as tx:
            taken = {workload.slug for workload in store.workloads(tx)}
        return mbom_draft.draft(claimed, known_as, taken, kind)

    return await asyncio.to_thread(read)


async def new_charter(desk: Desk, actor: Actor, *, workload: str) -> str:
    """The template of the workload's next Charter. Raises UsageError where the MBOM does not have it."""

    def read() -> str:
        with desk.database.read() as tx:
            existing(tx, workload)
            return template(workload, 1 + max((row.version for row in store.charters(tx, workload)), default=0))

    return await asyncio.to_thread(read)
