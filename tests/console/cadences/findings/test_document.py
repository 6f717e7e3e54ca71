"""Findings for scripts: dollars as strings, shares as numbers, and null for whatever is not known."""

from __future__ import annotations

from console.cadences.findings.document import findings_document
from tests.support import findings


def test_a_finding_has_its_number_its_evidence_and_what_was_decided() -> None:
    first, second, third = findings_document(findings.normal())["findings"]
    assert (first["anti_pattern"], first["number"], first["exception"]["exception"]) == ("Cached Timestamp", 2, 7)
    assert first["stake_usd_a_month"] == {"low": "920.000000", "likely": "1840.000000", "high": "3680.000000"}
    assert first["rows"] == [{"session": "s-17", "calls": "412", "repeated": "380"}]
    assert (second["subject"], second["exception"]["verdict"]) == ("kb_search", "dismissed")
    assert (third["stake_usd_a_month"], third["excess_usd"], third["exception"]) == (None, None, None)


def test_the_orchestration_multiplier_stands_beside_the_playbooks_and_is_null_where_nothing_could_be_measured() -> None:
    told = findings_document(findings.normal())["orchestration"]
    assert (told["multiplier"], told["typical"], told["achievable"]) == (3.0, [4.0, 6.0], [1.5, 2.0])
    known, unknown = told["workloads"]
    assert (known["tokens_per_action"], known["recoverable_usd"]) == (24_000.0, "140.000000")
    assert (unknown["multiplier"], unknown["recoverable_usd"], unknown["missing"]) == (
        None, None, "call records with user actions")


def test_what_cannot_be_told_is_listed_with_what_is_missing() -> None:
    told = findings_document(findings.normal())
    assert [each["anti_pattern"] for each in told["not_enough_data"]] == ["Phantom RAG", "Eternal Conversation"]
