"""One table of actions: no key means two things, and what is not allowed says why."""

from __future__ import annotations

from importlib import import_module

import pytest

from console.operations.actor import Actor
from console.operations.permissions import MAY
from screens.actions import ACTIONS, BY_ID, meant, why_not
from screens.actions.action import Action
from screens.columns.help import page as help_page
from screens.navigation import VIEWS
from screens.widgets.footer_line import choose
from tests.support.still_door import MARIA

NOBODY = Actor("guest", ("viewer",), "kernel")
TAKEN_BY_TERMINALS = {
    "ctrl+h",
    "ctrl+i",
    "ctrl+m",
    "ctrl+j",
    "ctrl+b",
    "ctrl+a",
    "ctrl+s",
    "ctrl+q",
    "ctrl+z",
    "ctrl+w",
}


def test_no_key_means_two_things_on_one_screen() -> None:
    for view in VIEWS:
        keys = [key for action in ACTIONS if not action.views or view in action.views for key in action.keys]
        assert len(keys) == len(set(keys)), view


def test_a_key_that_means_nothing_on_a_view_may_mean_another_thing_there() -> None:
    bracket = BY_ID["chart_next"]
    assert meant(bracket, "workload") is bracket
    assert meant(bracket, "monthly") is BY_ID["period_next"]
    assert meant(bracket, "audit") is bracket


def test_no_action_sits_on_a_key_that_terminals_or_tmux_eat() -> None:
    own = [action for action in ACTIONS if action.id != "suspend"]  # which does what the terminal would do
    assert not TAKEN_BY_TERMINALS & {key for action in own for key in action.keys}


def test_no_destructive_action_is_the_ctrl_variant_of_anything() -> None:
    assert all("ctrl" not in key for action in ACTIONS if action.danger == "destructive" for key in action.keys)


def test_every_permission_of_the_table_is_one_that_exists() -> None:
    assert {action.permission for action in ACTIONS if action.permission} <= set(MAY)


def test_every_escape_has_a_one_byte_twin() -> None:
    assert {"escape", "q"} <= set(BY_ID["back"].keys)


def test_a_key_without_a_meaning_on_a_screen_is_called_by_its_name() -> None:
    """It may be that of several actions, so the first one's label would mislead."""
    assert ask("version_previous", view="audit", kind=None) == "[ means nothing on this screen; ? lists what does."


def ask(
    action: str,
    *,
    view: str = "daily",
    kind: str | None = "workload",
    actor: Actor = MARIA,
    read_only: bool = False,
    breaker: str | None = "armed",
) -> str | None:
    return why_not(BY_ID[action], view=view, kind=kind, actor=actor, read_only=read_only, breaker=breaker)


def test_a_kill_works_on_a_selected_workload_for_someone_who_may() -> None:
    assert ask("kill") is None


def test_a_kill_says_which_roles_it_takes() -> None:
    refusal = ask("kill", actor=NOBODY)
    assert refusal is not None
    assert "platform lead" in refusal


def test_a_read_only_console_says_how_to_act() -> None:
    assert "--read-only" in (ask("kill", read_only=True) or "")


@pytest.mark.parametrize(("kind", "said"), [(None, "Nothing is selected that K"), ("unattributed", "(kill) does not")])
def test_an_action_says_what_it_needs(kind: str | None, said: str) -> None:
    assert said in (ask("kill", kind=kind) or "")


def test_a_resume_is_for_stopped_workloads_only() -> None:
    assert ask("resume", breaker="held") is None
    assert "tripped or held" in (ask("resume", breaker="armed") or "")
    assert ask("resume", breaker=None) is None


def test_the_footer_has_six_keys_at_80_columns_and_ends_with_help() -> None:
    chosen = choose(ACTIONS, 80)
    assert len(chosen) <= 6
    assert chosen[-1].id == "help"
    assert sum(len(action.key) + len(action.label) + 3 for action in chosen) <= 80


def test_a_narrow_footer_drops_keys_and_keeps_help() -> None:
    assert [action.id for action in choose(ACTIONS, 12)] == ["help"]


def test_labels_and_help_are_written() -> None:
    def complete(action: Action) -> bool:
        return bool(action.label and action.help.endswith(".") and (action.keys or action.command))

    assert all(map(complete, ACTIONS))


def test_an_approval_is_for_an_intent_that_waits_for_one() -> None:
    def may(state: str) -> str | None:
        approve = BY_ID["approve"]
        return why_not(approve, view="trip_sheet", kind="intent", actor=MARIA, read_only=False, intent=state)

    assert may("awaiting_approval") is None
    assert "this one is done" in (may("done") or "")


def test_every_cadence_and_record_has_a_name_in_the_palette() -> None:
    offered = {action.label.casefold() for action in ACTIONS if action.command}
    assert {"daily", "weekly", "exceptions", "monthly", "quarterly", "annual"} <= offered
    assert {"tram", "mbom", "charter", "permissions", "alerts", "audit"} <= offered


@pytest.mark.parametrize(
    ("view", "kind"),
    [("exceptions", "exception"), ("monthly", "workload"), ("quarterly", "workload"), ("tram_cell", "workload")],
)
def test_wherever_one_workload_is_selected_a_key_leads_to_its_charter(view: str, kind: str) -> None:
    assert ask("charter", view=view, kind=kind) is None


@pytest.mark.parametrize("action", ["compare", "replay", "version_previous", "version_next"])
def test_what_needs_a_version_is_not_offered_where_there_is_none(action: str) -> None:
    said = why_not(BY_ID[action], view="charter", kind="charter", actor=MARIA, read_only=False, version="none")
    assert "There is no Charter" in (said or "")


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_screen_is_is_told_whole_in_the_narrowest_help(view: str) -> None:
    module, _, name = VIEWS[view].partition(":")
    about: str = getattr(import_module(module), name).ABOUT
    told = " ".join(" ".join(line.text() for line in help_page(view, view, about, (), lambda action: None, 58)).split())
    assert about in told
