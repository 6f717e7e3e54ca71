"""A Charter file to values, and everything that can be wrong with one."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from console.charters.document import canonical, from_canonical, kill_threshold
from console.charters.parsing import parse, read
from console.charters.terms import terms_of
from console.errors import InputError
from tests.support.charters import CLAIMS_TRIAGE, edited, reading


def messages(*changes: tuple[str, str]) -> list[str]:
    return [problem.text("claims-triage.toml") for problem in reading(*changes).problems]


def test_the_designs_own_charter_is_understood() -> None:
    document = parse(CLAIMS_TRIAGE, "claims-triage.toml")
    assert document.charter.workload == "claims-triage"
    assert document.expected.monthly == 1_860_000_000
    assert document.expected.tokens_per_call.cache_read == 6000
    assert document.stretch.multiple == Decimal("2.5")
    assert document.runaway.escalation == ("on_call", "platform_lead", "business_owner")
    assert document.review.sample_share == Decimal("0.05")
    assert document.kill_criteria[0].line == "month_usd above 9300 over month"
    assert kill_threshold(document.expected, document.runaway) == 9_300_000_000


def test_the_stored_form_gives_the_same_document_back() -> None:
    document = parse(CLAIMS_TRIAGE, "claims-triage.toml")
    assert from_canonical(json.loads(json.dumps(canonical(document)))) == document


def test_a_missing_figure_is_named_with_its_line_and_what_to_write() -> None:
    assert messages(('monthly_usd = "1860" ', "")) == [
        'claims-triage.toml:24: [scenarios.expected] monthly_usd is missing; write monthly_usd = "1860"',
    ]


def test_every_problem_is_reported_not_only_the_first() -> None:
    found = messages(("version = 1", "version = 0"), ("thinking = false", 'thinking = "no"'),
                     ('half_life = "operational"', 'half_life = "forever"'), ('schedule = "quarterly"', ""))
    assert len(found) == 4
    with pytest.raises(InputError) as refused:
        parse(edited(("version = 1", "version = 0"), ('schedule = "quarterly"', "")), "claims-triage.toml")
    assert len(str(refused.value).splitlines()) == 2


def test_an_empty_file_lists_all_that_a_charter_needs() -> None:
    found = [problem.message for problem in read("", "empty.toml").problems]
    assert found == ["[charter] is missing", "[purpose] is missing", "[tram] is missing",
                     "[scenarios.expected] is missing", "[scenarios.stretch] is missing",
                     "[scenarios.runaway] is missing", "[review] is missing", "[[kill_criteria]] is missing",
                     "[transparency] is missing"]


@pytest.mark.parametrize(("old", "new", "expected"), [
    ('monthly_usd = "1860"', "monthly_usd = 1860", 'dollars are decimal strings; write monthly_usd = "1860"'),
    ('monthly_usd = "1860"', 'monthly_usd = "1,860"', "not an amount of dollars"),
    ('monthly_usd = "1860"', 'monthly_usd = "NaN"', "not an amount of dollars"),
    ('monthly_usd = "1860"', 'monthly_usd = "-5"', "not an amount of dollars"),
    ('monthly_usd = "1860"', 'monthly_usd = "1e9"', "not an amount of dollars"),
    ('monthly_usd = "1860"', 'monthly_usd = "0"', "monthly_usd is nothing"),
    ("multiple = 2.5", "multiple = -2.5", "not a number above 0"),
    ("multiple = 2.5", 'multiple = "NaN"', "not a number above 0"),
    ("multiple = 2.5", "multiple = true", "not a number above 0"),
    ("calls_per_month = 180000", "calls_per_month = 1.5", "not a whole number"),
    ("calls_per_month = 180000", "calls_per_month = true", "not a whole number"),
    ("depth_cap = 2", "depth_cap = -1", "not a whole number"),
    ('window = "month"', 'window = "fortnight"', 'write a duration such as "10m"'),
    ('window = "month"', 'window = "0m"', "is no window"),
    ('window = "month"', 'window = "99999d"', "is no window"),
    ('action = "pause"', 'action = "explode"', "write one of: pause, roll back, retire"),
    ('workload = "claims-triage"', 'workload = "Claims Triage"', "not a slug"),
    ('workload = "claims-triage"', 'workload = "../../etc"', "not a slug"),
    ('models = ["claude-sonnet-4-6"]', "models = []", "models is empty"),
    ('models = ["claude-sonnet-4-6"]', 'models = "claude-sonnet-4-6"', "not a list of texts"),
    ("[transparency]", "[transparancy]", "did you mean transparency?"),
    ("automatic = true\nesc", "automtic = true\nesc", "did you mean automatic?"),
    ('above = "9300"', "above = 9300", "dollars are decimal strings"),
    ("output = 350 }", "outputs = 350 }", "did you mean output?"),
    ("[transparency]", "[[transparency]]", "transparency is a list, not a table"),
])
def test_what_is_malformed_says_what_to_write(old: str, new: str, expected: str) -> None:
    assert any(expected in message for message in messages((old, new)))


def test_a_quality_criterion_may_have_a_metric_of_its_own_and_a_floor() -> None:
    text = CLAIMS_TRIAGE + '\n[[kill_criteria]]\nkind = "quality"\nmetric = "accuracy"\nbelow = 0.92\nwindow = "7d"\n' \
        'action = "roll back"\n'
    criterion = parse(text, "x.toml").kill_criteria[1]
    assert (criterion.comparison, criterion.value, criterion.automatic) == ("below", Decimal("0.92"), False)


def test_dollars_are_never_compared_from_below() -> None:
    assert messages(('above = "9300"', 'below = "9300"')) == [
        'claims-triage.toml:50: [[kill_criteria]] 1 month_usd below a sum is no reason to stop; write above = "9300"']


def test_model_shares_add_up_to_one() -> None:
    shares = 'model_shares = { "claude-sonnet-4-6" = 0.7, "claude-haiku-4-5" = 0.2 }'
    assert any("adds up to 0.9, not 1" in text for text in messages(("calls_per_month", f"{shares}\ncalls_per_month")))


class TestHostileFiles:
    """Files that somebody made to hurt, or that a crash cut short."""

    def test_a_truncated_file_is_a_plain_message_at_every_length(self) -> None:
        for length in range(0, CLAIMS_TRIAGE.index("schedule"), 7):
            with pytest.raises(InputError, match=r"cut\.toml"):
                parse(CLAIMS_TRIAGE[:length], "cut.toml")

    def test_a_key_of_a_megabyte_is_refused_without_work(self) -> None:
        with pytest.raises(InputError, match="larger than"):
            read(f"{'a' * 1_000_000} = 1", "big.toml")
        with pytest.raises(InputError):
            read(f"{'a.' * 8000}b = 1", "dots.toml")

    def test_a_key_of_many_characters_is_cut_in_the_message(self) -> None:
        found = messages(("[transparency]", f'"{"k" * 5000}" = 1\n[transparency]'))
        assert all(len(message) < 400 for message in found)

    @pytest.mark.parametrize("sign", ["\\u001b[2J", "\\u202e", "\\u200b", "\\u0007", "\\u009b"])
    def test_escapes_never_reach_a_message_raw(self, sign: str) -> None:
        found = messages(('domain = "financial"', f'domain = "{sign}x"'),
                         ("[transparency]", f'"{sign}" = 1\n[transparency]'))
        assert found
        assert all(message.isprintable() for message in found)

    def test_markup_is_kept_as_text(self) -> None:
        document = parse(edited(("claim triaged", "[@click=app.quit]claim[/]")), "x.toml")
        assert document.purpose.outcome == "[@click=app.quit]claim[/]"

    def test_text_beyond_the_bound_is_refused(self) -> None:
        assert any("shorten it" in text for text in messages(("claim triaged", "x" * 201)))


def test_a_drill_period_is_a_duration_and_part_of_the_content_only_where_it_is_given() -> None:
    line = 'automatic = true\nescalation'
    demanded = (line, 'automatic = true\ndrill_every = "90d"\nescalation')
    given = reading(demanded)
    assert given.problems == []
    assert given.runaway is not None
    assert given.runaway.drill_every == "90d"
    assert canonical(given.runaway)["drill_every"] == "90d"
    without = reading()
    assert "drill_every" not in canonical(without.runaway)
    assert terms_of(parse(edited(demanded), "claims-triage")).drill_every_s == 7_776_000
    for wrong in ("soon", "12h", "401d"):
        (message,) = messages((line, f'automatic = true\ndrill_every = "{wrong}"\nescalation'))
        assert "write 1d to 400d" in message
