"""The files that the simulated organisation keeps: its configuration, its MBOM, and the Charters that were signed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.charters.document import FIVE_TESTS
from console.clock import epoch
from console.simulator.catalogue import HAIKU, OPUS, ORGANISATION, RUNAWAY, WITHOUT_CHARTER, ZONE
from console.simulator.earnings import EARNINGS
from console.simulator.everywhere.catalogue import ELSEWHERE
from console.simulator.everywhere.living import Living, Table
from console.simulator.everywhere.papers import PAPERS as PAPERS_ELSEWHERE
from console.simulator.paperwork import LITERACY, PAPERS, Paper
from console.simulator.profiles import Profile
from console.simulator.stories import Story, story

SOURCE = "anthropic"
READ_FILE = "secrets/anthropic-admin"
KILL_FILE = "secrets/anthropic-kill"
"""Files of mode 0600, beside the configuration."""
_ROLES = ("on_call", "token_architect", "business_owner", "platform_lead", "finance_partner", "risk_officer")


@dataclass(frozen=True, slots=True)
class SeededCharter:
    workload: str
    toml: str
    roles: tuple[str, ...]
    """Who signs it."""


@dataclass(frozen=True, slots=True)
class SeededPortfolio:
    mbom_toml: str
    charters: tuple[SeededCharter, ...]
    config_toml: str


def portfolio(name: str, start: datetime | None = None, *, base_url: str = "http://127.0.0.1:1",
              user: str = "demo", living: Sequence[Living] = ()) -> SeededPortfolio:
    """The files for a story: `user` holds every role, and Anthropic is at `base_url`. Raises KeyError.

    living: where workloads live that are not at Anthropic alone; without it there are none.
    """
    told = story(name, start)
    profiles = {profile.slug: profile for profile in (*told.profiles, *ELSEWHERE)}
    places = {each.workload: each for each in living}
    papers = (*PAPERS, *(paper for paper in PAPERS_ELSEWHERE if paper.slug in places))
    charters = tuple(
        SeededCharter(paper.slug, _charter(paper, profiles[paper.slug], epoch(told.start)), _signers(paper))
        for paper in papers if _is_signed(paper, told))
    mbom = "\n".join(_entry(paper, profiles[paper.slug], places.get(paper.slug) or _at_anthropic(profiles[paper.slug]))
                     for paper in papers)
    return SeededPortfolio(mbom, charters, _config(base_url, user) + "".join(map(_tables, living)))


def _at_anthropic(profile: Profile) -> Living:
    return Living(profile.slug, "Anthropic API", (), ({"source": SOURCE, "api_key_id": profile.key_id or ""},),
                  ({"kind": "anthropic-api-key", "source": SOURCE, "target": profile.key_id or ""},))


def _tables(place: Living) -> str:
    """What the configuration says of a place."""
    return "".join(f"\n[[{name}]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in table.items())
                   for name, tables in (("sources", place.sources), ("switches", place.switches)) for table in tables)


def _is_signed(paper: Paper, told: Story) -> bool:
    return paper.slug != WITHOUT_CHARTER and paper.slug not in told.unsigned


def _signers(paper: Paper) -> tuple[str, ...]:
    regulated = ("risk_officer",) if paper.domain != "general" else ()
    return ("business_owner", "platform_lead", "finance_partner", *regulated)


def _config(base_url: str, user: str) -> str:
    return f"""simulated = true

[organisation]
name = {_text(ORGANISATION)}
time_zone = {_text(ZONE)}

[database]
url = "sqlite:///token-console.db"

[[operators]]
user = {_text(user)}
roles = {_texts(_ROLES)}

[[sources]]
name = {_text(SOURCE)}
kind = "anthropic"
secret = "file:{READ_FILE}"
kill_secret = "file:{KILL_FILE}"
base_url = {_text(base_url)}
poll = "60s"
backfill = "60d"
"""


def _entry(paper: Paper, profile: Profile, place: Living) -> str:
    status = "paused" if profile.inactive_days is not None else "live"
    environment = "production" if profile.key_name.endswith("-prod") else "research"
    what, when, authority = paper.review
    return f"""[[workload]]
slug = {_text(paper.slug)}
name = {_text(paper.name)}
team = {_text(paper.team)}
environment = {_text(environment)}
status = {_text(status)}
business_owner = {_text(paper.owner)}
platform_lead = {_text(paper.lead)}
sourcing = {_text(place.sourcing)}
tier = {_text(_tier(profile))}
models = {_texts(model for model, _ in profile.models)}
architecture = {_text(paper.architecture)}
depth_cap = {paper.depth}
fan_out_cap = {paper.fan_out}
caching = {str(profile.call.write > 0).lower()}
usage = {_inline(place.usage)}
switches = {_inline(place.stopped_by)}
{_drilled_on(place)}\
review = {{ who = {_text(paper.reviewer)}, what = {_text(what)}, when = {_text(when)}, authority = {_text(authority)} }}
{_literacy(paper.slug)}"""


def _drilled_on(place: Living) -> str:
    return "" if place.drilled_on is None else f"drill = {_table(place.drilled_on)}\n"


def _literacy(slug: str) -> str:
    if slug not in LITERACY:
        return ""
    required, had = LITERACY[slug]
    return f"prompt_literacy = {{ required = {required}, had = {had} }}\n"


def _charter(paper: Paper, profile: Profile, at: int) -> str:
    return "\n".join((_header(paper), _tram(paper, profile), _scenarios(paper, profile, at), _review(paper),
                      _criteria(paper, profile), _closing(paper)))


def _header(paper: Paper) -> str:
    half_life, months = paper.half_life
    return f"""[charter]
workload = {_text(paper.slug)}
version = 1
domain = {_text(paper.domain)}
decision = {_text(paper.decision)}

[purpose]
purpose = {_text(paper.purpose)}
outcome = {_text(paper.outcome)}
outcome_value_usd = {_text(paper.value_usd)}
baseline = {_text(paper.baseline)}
{_promised(paper)}half_life = {_text(half_life)}
half_life_months = {months}
"""


def _promised(paper: Paper) -> str:
    earning = EARNINGS.get(paper.slug)
    return "" if earning is None else (
        f"outcomes_per_month = {earning.outcomes}\nbaseline_value_usd = {_text(earning.baseline_usd)}\n")


def _costs(paper: Paper) -> str:
    earning = EARNINGS.get(paper.slug)
    return "" if earning is None else f'review_usd = "{earning.review_usd}"\nrework_usd = "{earning.rework_usd}"\n'


def _tram(paper: Paper, profile: Profile) -> str:
    cost, output = paper.cell
    return f"""[tram]
cost_variance = {_text(cost)}
output_variance = {_text(output)}
models = {_texts(model for model, _ in profile.models)}
thinking = false
depth_cap = {paper.depth}
fan_out_cap = {paper.fan_out}
"""


def _scenarios(paper: Paper, profile: Profile, at: int) -> str:
    call = profile.call
    shares = ", ".join(f"{_text(model)} = {share:g}" for model, share in profile.models)
    split = f"model_shares = {{ {shares} }}\n" if len(profile.models) > 1 else ""
    return f"""[scenarios.expected]
monthly_usd = "{profile.monthly_usd}"
calls_per_month = {profile.calls_per_month(at)}
tokens_per_call = {{ uncached_input = {call.uncached}, cache_read = {call.read}, cache_write = {call.write}, \
output = {call.output} }}
{_costs(paper)}{split}
[scenarios.stretch]
multiple = 2.5
changes = ["Shorten the cached context by a third", "Move the easy half of the calls to the distilled tier"]

[scenarios.runaway]
multiple = 15
kill_usd = "{_kill(profile)}"
automatic = {str(paper.automatic).lower()}
escalation = ["on_call", "platform_lead", "business_owner"]
{_drill_every(paper)}"""


def _drill_every(paper: Paper) -> str:
    return "" if paper.drill_every is None else f"drill_every = {_text(paper.drill_every)}\n"


def _review(paper: Paper) -> str:
    what, when, authority = paper.review
    sampled = what in ("sample", "exceptions")
    share = "sample_share = 0.05\n" if what == "sample" else ""
    strategy = 'sample_strategy = "Stratified by size and channel, drawn weekly"\n' if sampled else ""
    accountable = f"accountable = {_text(paper.accountable)}\n" if paper.accountable else ""
    return f"""[review]
who = {_text(paper.reviewer)}
what = {_text(what)}
{share}{strategy}when = {_text(when)}
authority = {_text(authority)}
{accountable}"""


def _criteria(paper: Paper, profile: Profile) -> str:
    """The month's cap, and one over a short window: tight for the workload of the night, generous for the others."""
    above, window = (150, "10m") if paper.slug == RUNAWAY else (max(100, round(profile.monthly_usd / 4, -1)), "1h")
    automatic = str(paper.automatic).lower()
    return f"""[[kill_criteria]]
kind = "economic"
metric = "month_usd"
above = "{_kill(profile)}"
window = "month"
action = "pause"
automatic = {automatic}

[[kill_criteria]]
kind = "economic"
metric = "spend_usd"
above = "{above}"
window = "{window}"
action = "pause"
automatic = {automatic}

[[kill_criteria]]
kind = "quality"
metric = "rework_rate"
above = 0.15
window = "7d"
action = "roll back"

[[kill_criteria]]
kind = "strategic"
metric = "alpha_net_per_dollar"
below = 1
window = "quarter"
action = "retire"
"""


def _closing(paper: Paper) -> str:
    return f"""[transparency]
audience = "Executive committee"
format = "one page and the MBOM row"
schedule = "quarterly"
{_five_tests(*paper.five_tests) if paper.five_tests else ""}"""


def _five_tests(holds: str, because: str) -> str:
    answers = "".join(f"{name} = {'true' if name == holds else 'false'}\n" for name in FIVE_TESTS)
    return f'\n[five_tests]\n{answers}{holds}_because = "{because}"\n'


def _kill(profile: Profile) -> int:
    return 5 * profile.monthly_usd


def _tier(profile: Profile) -> str:
    models = [model for model, _ in profile.models]
    if OPUS in models:
        return "frontier"
    return "distilled" if models[0] == HAIKU or "flash" in models[0] else "workhorse"


def _text(value: str) -> str:
    """A basic TOML string; JSON's escapes are a subset of TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _value(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    return _texts(value) if isinstance(value, list | tuple) else _text(str(value))


def _inline(tables: Iterable[Table]) -> str:
    return "[" + ", ".join(map(_table, tables)) + "]"


def _table(table: Table) -> str:
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in table.items()) + " }"
