"""Start an MBOM entry from usage that nobody has claimed: shown as it would be written, registered with one answer."""

from __future__ import annotations

import tomllib

from textual.content import Content

from console.cadences.daily import UnattributedLine
from console.text import clean
from screens.dialogs import asking
from screens.prompt import Prompt
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Register the unclaimed row that was selected when the key was pressed. Raises ConsoleError with what failed."""
    from console.operations import registry

    line = selection.item
    if not isinstance(line, UnattributedLine):
        console.say("Only usage that nobody has claimed can start an entry.", error=True)
        return
    draft = await console.door.ask(
        registry.draft_from_unattributed, identity=line.identity, source=line.source, name=line.name
    )
    slug = str(tomllib.loads(draft)["workload"][0]["slug"])
    width, most = asking.room(console)
    shown = [text for text in draft.splitlines() if text.strip() and not text.startswith("#")]
    owner = await console.ask(
        Prompt(
            "Business owner, or nothing for now",
            title=f"NEW MBOM ENTRY {slug}",
            lines=[Content(clean(text, width)) for text in shown[:most]],
            hint="enter registers it · it stays without a Charter, so nothing kills it · esc cancels",
        )
    )
    if owner is None:
        return
    await console.door.ask(registry.import_mbom, text=draft, name="new entry")
    if owner.strip():
        await console.door.ask(registry.set_field, slug=slug, field="business_owner", value=owner.strip())
    console.say(f"{slug} is in the MBOM. Next: token-console charter new {slug}")
