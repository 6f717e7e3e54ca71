"""What the simulated organisation wrote down of each workload: owners, purpose, outcome, risk appetite, review."""

from __future__ import annotations

from dataclasses import dataclass

EVERY = ("every output", "pre-issue", "veto")
READ = ("every output", "post-issue pre-action", "override")
SAMPLED = ("sample", "post-issue pre-action", "override")
EXCEPTIONS = ("exceptions", "post-action", "advisory")


@dataclass(frozen=True, slots=True)
class Paper:
    slug: str
    name: str
    team: str
    owner: str
    lead: str
    purpose: str
    """Two paragraphs."""
    outcome: str
    value_usd: str
    baseline: str
    cell: tuple[str, str]
    """Cost variance, output variance."""
    reviewer: str
    review: tuple[str, str, str]
    """What, when, authority."""
    architecture: str = "single-call"
    depth: int = 1
    fan_out: int = 1
    domain: str = "general"
    decision: str = "none"
    half_life: tuple[str, int] = ("operational", 12)
    five_tests: tuple[str, str] | None = None
    """The one of the five tests that holds for its frontier model, and why."""
    automatic: bool = True
    """Whether the breaker acts by itself."""
    drill_every: str | None = None
    """How long a drill proves its breaker."""
    accountable: str | None = None
    """Who answers for an adverse decision about a person, by name."""


LITERACY = {"underwriting-notes": (3, 2), "broker-mail": (2, 1), "code-review": (3, 3), "claims-triage": (2, 2),
            "customer-chat": (1, 1), "regulatory-watch": (2, 2), "tariff-lab": (4, 2)}
"""Prompt literacy that a workload takes, and that its users have; of the others nobody has asked yet."""

PAPERS: tuple[Paper, ...] = (
    Paper("claims-triage", "Claims triage", "Claims", "Amara Nwosu", "Tom Bright",
          "Reads each new motor and household claim, asks specialist agents for cover, history and fraud signs, and "
          "proposes a handling route.\n\nIt shortens the first answer to a customer from two days to minutes. Officers "
          "keep the decision.", "claim triaged", "1.20", "Manual triage at 4.10 USD a claim and two days' wait.",
          ("low", "medium"), "Claims officer with delegated authority B", SAMPLED, "supervisor-worker", 2, 4,
          "financial", "population policy"),
    Paper("customer-chat", "Customer chat", "Service desk", "Leonie Hart", "Dev Patel",
          "Answers policyholders' questions about cover, payments and documents, day and evening.\n\nIt takes the "
          "routine half of the desk's conversations and hands the rest to a person with a summary.",
          "conversation resolved", "2.40", "A desk call at 6.80 USD and nine minutes.", ("medium", "medium"),
          "Service desk supervisor", SAMPLED, decision="population policy"),
    Paper("policy-search", "Policy search", "Service desk", "Leonie Hart", "Ines Caldeira",
          "Finds the clause that answers a question in four hundred policy wordings.\n\nStaff and brokers quote the "
          "clause itself; the model never paraphrases cover.", "question answered", "0.35",
          "Eleven minutes in the document store.", ("low", "high"), "Wordings librarian", EXCEPTIONS,
          half_life=("commodity", 5)),
    Paper("document-intake", "Document intake", "Operations", "Gareth Moss", "Ines Caldeira",
          "Classifies incoming letters, invoices and photographs and extracts the fields that the claims system "
          "needs.\n\nHard documents, about one in eight, go on to a stronger model.", "document filed", "0.09",
          "Outsourced keying at 0.31 USD a document.", ("low", "medium"), "Intake team leader", SAMPLED,
          "three-tier", 2, 2),
    Paper("underwriting-notes", "Underwriting notes", "Commercial lines", "Priya Raman", "Tom Bright",
          "Drafts the underwriter's file note from submissions of up to two hundred pages.\n\nThe note is what the "
          "underwriter signs; it decides nothing.", "file note signed", "38.00", "Three hours of an underwriter.",
          ("high", "low"), "Underwriter with authority of the line", EVERY, domain="financial",
          decision="adverse individual", half_life=("structural", 30), five_tests=(
              "tier", "The note is what the underwriter signs; cheaper models left out exclusions."),
          accountable="Priya Raman, chief underwriter"),
    Paper("fraud-screening", "Fraud screening", "Financial crime", "Marcus Oyelaran", "Sofia Lindqvist",
          "Scores each payment request against known patterns and writes down why it stands out.\n\nInvestigators see "
          "the reasons first and the score second.", "payment screened", "0.06",
          "Rule engine with 14 % false alarms.", ("low", "medium"), "Financial crime investigator", SAMPLED,
          domain="financial", decision="population policy", automatic=False),
    Paper("broker-mail", "Broker mail drafts", "Broking", "Hannah Voss", "Dev Patel",
          "Drafts answers to brokers' mornings of routine mail.\n\nA broker manager sends every one of them.",
          "mail answered", "0.80", "Six minutes a mail.", ("low", "low"), "Broker manager", READ,
          half_life=("commodity", 4)),
    Paper("code-review", "Code review", "Engineering", "Wen Zhao", "Wen Zhao",
          "Reads every pull request for defects before a person does.\n\nIt comments and never blocks; three in ten "
          "changes get the deeper reading.", "pull request reviewed", "3.10", "Twenty-five minutes of an engineer.",
          ("high", "medium"), "Engineer of the owning team", SAMPLED, "supervisor-worker", 2, 6, five_tests=(
              "agents", "A change falls apart into files that are each read for minutes, at the same time.")),
    Paper("nightly-reconciliation", "Nightly reconciliation", "Finance", "Oliver Reyes", "Sofia Lindqvist",
          "Explains the day's unmatched ledger entries in one line each, between one and four at night.\n\nFinance "
          "starts the morning with causes in place of differences.", "entry explained", "0.22",
          "Two analysts until noon.", ("low", "medium"), "Finance controller", SAMPLED, domain="financial"),
    Paper("call-summaries", "Call summaries", "Service desk", "Leonie Hart", "Dev Patel",
          "Writes the note of each service call from its transcript.\n\nIt saves the minute and a half of after-call "
          "work.", "call noted", "0.12", "Ninety seconds of after-call work.", ("low", "high"), "Call quality coach",
          EXCEPTIONS, half_life=("commodity", 5)),
    Paper("campaign-copy", "Campaign copy", "Marketing", "Rosa Imhof", "Wen Zhao",
          "Proposes variants of campaign texts within the house style.\n\nAn editor chooses, and compliance clears "
          "what is published.", "text published", "9.00", "An agency day at 900 USD.", ("low", "low"),
          "Marketing editor", READ),
    Paper("regulatory-watch", "Regulatory watch", "Legal", "Katherine Ames", "Ines Caldeira",
          "Reads what four regulators published overnight and says which of our controls it touches.\n\nCounsel opens "
          "the day with a list, sources attached.", "publication assessed", "14.00",
          "A subscription service, two days late.", ("high", "high"), "Compliance counsel", EXCEPTIONS,
          half_life=("structural", 24), five_tests=(
              "tools", "Which control is touched is not known before the publication is read.")),
    Paper("hr-helpdesk", "HR helpdesk", "People", "Rosa Imhof", "Dev Patel",
          "Answers staff questions about leave, pay dates and policies.\n\nPaused until the new leave policy is in its "
          "sources.", "question answered", "0.90", "A ticket at 4.50 USD.", ("low", "low"), "HR adviser", READ,
          half_life=("commodity", 5)),
    Paper("tariff-lab", "Tariff lab", "Actuarial", "Edwin Thorpe", "Sofia Lindqvist",
          "Experiments with narratives for tariff changes.\n\nNobody has promised anything of it yet.",
          "narrative accepted", "20.00", "None yet.", ("high", "high"), "Actuary", EXCEPTIONS,
          five_tests=(
              "long_context", "A narrative leans on the whole tariff history at once.")),
)
