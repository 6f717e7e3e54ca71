"""What the organisation wrote down of the workloads that live elsewhere."""

from __future__ import annotations

from console.simulator.paperwork import EVERY, READ, SAMPLED, Paper

PAPERS = (
    Paper("subrogation-letters", "Subrogation letters", "Claims", "Amara Nwosu", "Tom Bright",
          "Drafts the letters that claim our outlay back from another insurer.\n\nA recovery handler reads and signs "
          "each of them.", "letter sent", "6.50", "Forty minutes of a handler.", ("low", "low"), "Recovery handler",
          EVERY),
    Paper("exposure-notes", "Exposure notes", "Commercial lines", "Priya Raman", "Ines Caldeira",
          "Sums up what surveyors found at a site: construction, protection, flood and fire.\n\nThe underwriter has "
          "one page in place of forty photographs and a form.", "site summed up", "11.00",
          "An hour of an assistant underwriter.", ("low", "medium"), "Assistant underwriter", READ),
    Paper("damage-estimates", "Damage estimates", "Claims", "Amara Nwosu", "Sofia Lindqvist",
          "Reads photographs of a damaged car and names the parts and hours that a repair will take.\n\nAn engineer "
          "checks one estimate in twenty, and each above 4,000 pounds.", "estimate given", "0.95",
          "A visit at 60 USD, or a garage's word.", ("low", "medium"), "Motor engineer", SAMPLED),
    Paper("treaty-reader", "Treaty reader", "Reinsurance", "Edwin Thorpe", "Wen Zhao",
          "Finds in our reinsurance treaties which layer answers for a loss, with the clause.\n\nActuaries quote the "
          "clause; the answer is where they begin to read.", "loss placed", "45.00", "Half a day of an actuary.",
          ("high", "medium"), "Reinsurance actuary", SAMPLED, half_life=("structural", 24),
          five_tests=("long_context", "A clause means what the rest of the treaty lets it mean.")),
    Paper("renewal-agent", "Renewal agent", "Broking", "Hannah Voss", "Dev Patel",
          "Prepares each renewal: looks up cover, claims and prices with four tools and a sub-agent, and proposes "
          "terms.\n\nA broker manager sends them.", "renewal prepared", "3.40", "Fifty minutes of a broker.",
          ("low", "medium"), "Broker manager", SAMPLED, "supervisor-worker", 2, 4,
          drill_every="90d"),
)
