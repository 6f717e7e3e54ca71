"""How a workload is built, fed, prompted and reviewed, as its MBOM entry says it: each field in a place of its own.

Most of these were the organisation's own words once. A text where a table belongs is therefore kept, and said.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from console.charters.document import ACTIONS, AUTHORITY, CRITERION_KINDS, REVIEWED, WHEN
from console.charters.production import is_permitted
from console.charters.reading import NAME, PROSE, Table
from console.charters.tram import Matrix

SOURCINGS = ("Anthropic API", "Amazon Bedrock", "Google Vertex AI", "OpenAI", "LiteLLM gateway",
             "OpenTelemetry traces")
INTERVENTIONS = ("ingestion_filtering", "index_structure", "retrieval_ranking", "chunking")
"""The four upstream interventions of data pre-work, in the order that data meets them."""
STATES = ("in place", "partial", "absent", "not applicable")
LITERACY = 5
"""Levels of prompt literacy: consumer, structured user, configurator, prompt engineer, prompt architect."""
NAMED = ("models", "switches")
"""Fields that those of `FIELDS` refer to."""
FIELDS = ("sourcing", "models_observed", "cascade", "eviction", "data_pre_work", "prompt_literacy", "prompt", "review",
          "kill_criteria", "tram", "charter", "last_review")
TEXT_PATHS = ("sourcing", "last_review", "cascade.escalate_when", "eviction.tool_result_truncation",
              "eviction.summarisation_trigger", "prompt.version", "review.who", "review.what", "review.when",
              "review.authority", "review.sample_strategy", "review.accountable", "tram.cost_variance",
              "tram.output_variance",
              *(path for name in INTERVENTIONS for path in (f"data_pre_work.{name}", f"data_pre_work.{name}.state",
                                                           f"data_pre_work.{name}.what")))
"""Fields that `mbom set` takes as the text they are, though they may look like a number."""


def check(table: Table, matrix: Matrix) -> None:
    """Every field of `FIELDS` in one `[[workload]]`; what is wrong goes to the table's problems."""
    _sourcing(table)
    table.texts("models_observed", "claude-sonnet-4-6", required=False)
    table.whole("charter", 1, least=1, most=1_000_000, required=False)
    _last_review(table)
    _cascade(table)
    _eviction(table)
    _data_pre_work(table)
    _prompt(table)
    _review(table)
    _tram(table, matrix)
    _kill_criteria(table)
    _observed_beyond(table)


def _sourcing(table: Table) -> None:
    stated = table.text("sourcing", "Anthropic API", required=False, longest=NAME)
    if stated and stated not in SOURCINGS:
        table.warn("sourcing", f"sourcing = {stated[:60]!r} is not one that the console knows; it is kept as it is",
                   f"known are {', '.join(SOURCINGS)}")


def _last_review(table: Table) -> None:
    if isinstance(table.data.get("last_review"), date):
        table.ignore("last_review")
        return
    stated = table.text("last_review", "2026-09-30", required=False, longest=NAME)
    if stated and not _is_date(stated):
        table.warn("last_review", f"last_review = {stated[:60]!r} is not a date; it is kept as it is",
                   "write last_review = 2026-09-30")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def _cascade(table: Table) -> None:
    cascade = _described(table, "cascade", '{ models = ["claude-haiku-4-5", "claude-sonnet-4-6"], '
                                           'escalate_when = "confidence below 0.7" }')
    if cascade is None:
        return
    steps = cascade.texts("models", "claude-haiku-4-5", required=False)
    cascade.text("escalate_when", "confidence below 0.7", required=False)
    for share in ("escalation_share", "top_escalation_share", "misroute_share"):
        cascade.number(share, "0.3", most=1, required=False, zero=True)
    cascade.dollars("rework_usd", "0.02", required=False)
    cascade.finish_open()
    permitted = _models(table)
    beyond = [model for model in steps if permitted and model not in permitted]
    if beyond:
        cascade.wrong("models", f"models names {beyond[0][:60]!r}, and models of the workload does not permit it",
                      "add it to models of the workload, or take it out here", "contradiction")


def _eviction(table: Table) -> None:
    eviction = _described(table, "eviction", "{ turn_cap = 20 }")
    if eviction is None:
        return
    eviction.whole("turn_cap", 20, least=1, most=1_000_000, required=False)
    eviction.number("relevance_score", "0.4", most=1, required=False, zero=True)
    eviction.text("tool_result_truncation", "the first 2,000 tokens", required=False)
    eviction.text("summarisation_trigger", "above 60,000 tokens", required=False)
    eviction.finish_open()


def _data_pre_work(table: Table) -> None:
    posture = _described(table, "data_pre_work", '{ ingestion_filtering = "in place" }')
    if posture is None:
        return
    for name in INTERVENTIONS:
        if not isinstance(posture.data.get(name), dict):
            if name in posture.data:
                posture.choice(name, STATES)
            else:
                posture.ignore(name)
            continue
        stated = posture.table(name)
        assert stated is not None
        stated.choice("state", STATES)
        stated.text("what", "500 tokens, split at headings", required=False)
        if name == "chunking":
            stated.whole("tokens", 500, least=1, required=False)
        stated.finish_open()
    posture.finish_open()


def _prompt(table: Table) -> None:
    """The system prompt, and the literacy that it takes from those who use it."""
    prompt = _described(table, "prompt", '{ version = "12", tokens = 3400 }')
    if prompt is not None:
        prompt.text("version", "12", required=False, longest=NAME)
        prompt.whole("tokens", 3400, required=False)
        prompt.finish_open()
    if isinstance(table.data.get("prompt_literacy"), int):
        table.whole("prompt_literacy", 3, least=1, most=LITERACY)
        return
    literacy = _described(table, "prompt_literacy", "{ required = 3, had = 2 }")
    if literacy is not None:
        literacy.whole("required", 3, least=1, most=LITERACY, required=False)
        literacy.whole("had", 2, least=1, most=LITERACY, required=False)
        literacy.finish_open()


def _review(table: Table) -> None:
    """The review as it runs in production: its closed lists are those of the Charter, so that the two compare."""
    review = _described(table, "review", '{ who = "Claims officer", what = "sample" }')
    if review is None:
        return
    for key, choices in (("what", REVIEWED), ("when", WHEN), ("authority", AUTHORITY)):
        if key in review.data:
            review.choice(key, choices)
        else:
            review.ignore(key)
    for key in ("who", "accountable"):
        review.text(key, "Claims officer", required=False, longest=NAME)
    review.text("sample_strategy", "Stratified by claim size", required=False)
    review.number("sample_share", "0.05", most=1, required=False)
    review.finish_open()
    if "sample_share" in review.data and review.data.get("what") in REVIEWED and review.data["what"] != "sample":
        review.wrong("sample_share", f"sample_share is given, and what = {review.data['what']!r} is no sample",
                     'write what = "sample", or take sample_share away', "contradiction")


def _tram(table: Table, matrix: Matrix) -> None:
    tram = _described(table, "tram", '{ cost_variance = "low", output_variance = "medium" }')
    if tram is None:
        return
    stated = (tram.choice("cost_variance", matrix.rows, default=""),
              tram.choice("output_variance", matrix.columns, default=""))
    tram.finish_open()
    if all(stated) and stated not in matrix.cells:
        tram.wrong(None, f"the matrix has no cell {stated[0]} / {stated[1]}",
                   "add it under [tram] of the configuration")


def _kill_criteria(table: Table) -> None:
    stated = table.data.get("kill_criteria")
    if isinstance(stated, str) or (isinstance(stated, list) and stated and all(isinstance(i, str) for i in stated)):
        _kept(table, "kill_criteria", '[{ kind = "economic", metric = "month_usd", above = "9300", window = "month", '
                                      'action = "pause", automatic = true }]')
        return
    switches = table.data.get("switches")
    targets = {str(row.get("target")) for row in switches if isinstance(row, dict)} if isinstance(
        switches, list) else set()
    for criterion in table.tables("kill_criteria"):
        _criterion(criterion, targets)


def _criterion(table: Table, targets: Collection[str]) -> None:
    table.choice("kind", CRITERION_KINDS)
    metric = table.text("metric", "month_usd", longest=NAME)
    stated = [key for key in ("above", "below") if key in table.data]
    if len(stated) != 1:
        table.wrong(stated[1] if stated else None, f"it takes one of above and below, and has {len(stated) or 'none'}",
                    'write above = "9300"', "contradiction" if stated else "missing")
    for key in ("above", "below"):
        if metric.endswith("_usd"):
            table.dollars(key, "9300", required=False)
        else:
            table.number(key, "0.2", most=10**12, required=False, zero=True)
    table.text("window", "month", required=False, longest=NAME)
    table.text("measured_by", "weekly audit of 200 outputs", required=False, longest=PROSE)
    table.choice("action", ACTIONS, default="pause")
    table.flag("automatic", default=False)
    for target in table.texts("switches", "apikey_01Example", required=False):
        if target not in targets:
            table.wrong("switches", f"switches names {target[:60]!r}, and no switch of the workload has that target",
                        f"write one of: {', '.join(sorted(targets))[:NAME] or 'the target of a switch'}",
                        "contradiction")
    table.finish_open()


def _observed_beyond(table: Table) -> None:
    """What runs and is not permitted is drift: true, and so said and not refused."""
    observed, permitted = table.data.get("models_observed"), _models(table)
    if permitted and isinstance(observed, list):
        for model in observed:
            if isinstance(model, str) and not is_permitted(model.strip(), permitted):
                table.warn("models_observed", f"{model[:60]!r} is observed, and models does not permit it",
                           "have it permitted by the Charter, or take it out of production", "drift")


def _models(table: Table) -> set[str]:
    models = table.data.get("models")
    return {model.strip() for model in models if isinstance(model, str)} if isinstance(models, list) else set()


def _described(table: Table, key: str, example: str) -> Table | None:
    """The table under `key`; None where there is none, or a text from before it had a shape."""
    if isinstance(table.data.get(key), str):
        _kept(table, key, example)
        return None
    return table.table(key, required=False)


def _kept(table: Table, key: str, example: str) -> None:
    table.ignore(key)
    table.warn(key, f"{key} is in words of your own; it is kept as it is, and nothing can be compared with it",
               f"write {key} = {example}")
