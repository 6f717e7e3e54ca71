"""Reports on paper: pages as they are promised, type for names in many scripts, and any length of text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from console.reports import quarterly
from console.reports.daily import document_of
from console.reports.document import Document, Paragraph, Section, Table
from console.reports.formats import render
from console.reports.pdf_type import Face
from tests.support.portfolio import AT, hostile, normal
from tests.support.report_reading import pdf_pages
from tests.support.report_samples import many_quarters, mbom_rows, quarter


def first_pages(content: bytes) -> dict[str, int]:
    """The page on which each section begins, by its bookmark."""
    reader = PdfReader(io.BytesIO(content))
    return {str(each.title): (reader.get_destination_page_number(each) or 0) + 1
            for each in reader.outline if not isinstance(each, list)}


def test_a_transparency_report_has_one_page_of_portfolio_and_one_a_workload_that_needs_attention() -> None:
    begins = first_pages(render(quarterly.document_of(quarter(), mbom_rows()), "pdf"))
    assert begins == {"Portfolio": 1, "Reconciliation agent · reconciliation-agent": 2,
                      "Contract review · contract-review": 3, "Every workload": 4,
                      "Appendix: the Model Bill of Materials": 5}


def test_the_portfolio_stays_on_one_page_however_many_need_attention() -> None:
    value = many_quarters(40, attention=20)
    long = ("tripped once, at 6,204.18 USD of a day", "spent 78.4 % above plan", "review overdue since 30 June 2026")
    value = replace(value, simulated=True, lines=tuple(
        line._replace(attention=long) if line.attention else line for line in value.lines))
    content = render(quarterly.document_of(value), "pdf")
    assert first_pages(content)["Workload 0000 · workload-0000"] == 2
    assert "And 14 more, each on its own page" in pdf_pages(content)[0]


def test_the_file_says_when_it_is_of_and_has_no_other_time() -> None:
    reader = PdfReader(io.BytesIO(render(document_of(normal()), "pdf")))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == AT
    assert reader.metadata.title == "Northwind Mutual · Daily report · 23 November 2026"


def test_each_page_is_numbered_of_how_many_there_are() -> None:
    pages = pdf_pages(render(document_of(normal()), "pdf"))
    assert [f"page {at} of {len(pages)}" in page for at, page in enumerate(pages, 1)] == [True] * len(pages)


def document(text: str) -> Document:
    return Document("daily", "2026-11-23", "Report", "Northwind", "Nothing", AT, "UTC",
                    (Section("One", (Paragraph(text),)),), Table((), ()))


@pytest.mark.parametrize("name", ["Łukasz Żółć", "Ελένη Παπαδοπούλου", "Дмитрий Жуков", "Đặng Thị Hà", "Ingibjörg"])
def test_names_in_latin_greek_and_cyrillic_are_printed(name: str) -> None:
    [page] = pdf_pages(render(document(name), "pdf"))
    assert name in page
    assert "lacks" not in page


def test_what_the_font_lacks_is_marked_and_told() -> None:
    [page] = pdf_pages(render(document("王伟 and Zoë"), "pdf"))
    assert "�� and Zoë" in page
    assert "� stands for 2 characters that this file's font lacks" in page


def test_hostile_names_and_cells_longer_than_a_page_are_printed_whole() -> None:
    pages = pdf_pages(render(document_of(replace(hostile(), notices=())), "pdf"))
    assert sum(page.count("z") for page in pages) > 10_000
    assert not {"\x1b", "\x07", "\u202e"} & set("".join(pages))


def test_a_word_is_broken_only_where_it_does_not_fit() -> None:
    face = Face(b"", dict.fromkeys("abcdefgh- ", 1.0))
    assert face.wrapped("abc def", 1, 7) == ["abc def"]
    assert face.wrapped("abc def", 1, 6) == ["abc", "def"]
    assert face.wrapped("abcdefgh", 1, 3) == ["abc", "def", "gh"]
    assert face.wrapped("abcd-efgh", 1, 6) == ["abcd-", "efgh"]


def test_another_time_gives_another_file() -> None:
    later = replace(normal(), at=AT + timedelta(minutes=1))
    assert render(document_of(later), "pdf") != render(document_of(normal()), "pdf")
