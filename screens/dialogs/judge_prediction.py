"""Judge: what a prediction of the playbook has come to, with the evidence."""

from __future__ import annotations

from console.cadences.annual import PredictionLine
from screens.columns.page import wrapped
from screens.dialogs import asking, form
from screens.view import Console, Selection


async def run(console: Console, selection: Selection) -> None:
    """Judge the prediction that was selected when the key was pressed. Raises ConsoleError."""
    item = selection.item
    if not isinstance(item, PredictionLine):
        return
    from console.cadences.year.predictions import VERDICTS

    width, most = asking.room(console)
    shown = [
        *wrapped(item.text, width, indent=0, most=4),
        *wrapped(f"falsified by: {item.criterion}", width, indent=0, tone="dim", most=3),
        *wrapped(f"computed: {item.computed}", width, indent=0, most=3),
    ]
    title = f"PREDICTION {item.number}, until now {item.verdict}"
    verdict = await asking.one_of(console, "Verdict", list(VERDICTS), title=title, lines=asking.contents(shown[:most]))
    if verdict is None:
        return
    question = form.Question(
        "evidence", "Evidence", "enter writes the verdict down with it", asking.needs_words("a verdict")
    )
    given = await form.fill(console, f"PREDICTION {item.number}: {verdict}", [question], shown[:most])
    if given is None:
        return
    from console.operations import years

    await console.door.ask(years.judge_prediction, number=item.number, verdict=verdict, evidence=given[0])
    console.say(f"Prediction {item.number} is {verdict}.")
    console.changed()
