"""Words that name nobody and nothing: `anyone`, `as appropriate`, `the team`, a dash; and those that name a person."""

from __future__ import annotations

import re
from itertools import pairwise

NOTHING = frozenset((
    "tbd", "tba", "tbc", "todo", "to be decided", "to be determined", "to be confirmed", "to follow", "pending", "n/a",
    "na", "not applicable", "none", "nil", "nobody", "no one", "unknown", "various", "whatever", "etc",
    "as appropriate", "as needed", "as required", "anyone", "anybody", "someone", "somebody", "everyone", "everybody",
    "whoever", "all", "x", "xx", "xxx", "see wiki", "see above", "see below",
))
_ANYBODY = re.compile(
    r"\b(anyone|anybody|someone|somebody|everyone|everybody|whoever|whichever|"
    r"as (appropriate|needed|required|available|necessary)|"
    r"(where|when|if|who(ever)? is) (appropriate|needed|required|available|necessary|free)|tbd|tba|tbc)\b")
_GENERIC = re.compile(
    r"an?|the|our|their|some|any|all|every|one|two|more|of|or|and|in|on|by|at|with|from|who|is|(on-)?duty|shift|loop|"
    r"teams?|staff|crew|persons?|people|humans?|individuals?|party|parties|reviewers?|users?|members?|experts?|subject|"
    r"matter|subject-matter|smes?|employees?|colleagues?|personnel|resources?|approvers?|department|organi[sz]ation|"
    r"company|business|management|managers?|operators?|appropriate(ly)?|suitabl[ey]|qualified|relevant|responsible|"
    r"competent|trained|available|authori[sz]ed|experienced|senior|junior|right|proper(ly)?|concerned|owning|respective|"
    r"usual|itself|ai|llms?|models?|machines?|automat(ed|ic|ically)|software|systems?|agents?|review(s|ed)?")
"""Words that are left of a reviewer when no qualification is named."""
_WORD = re.compile(r"[\w-]+")
_TITLE = re.compile(r"\b(Dr|Prof|Mr|Mrs|Ms|Mx|Judge|Sir|Dame)\b")
_OFFICE = re.compile(
    r"committee|board|teams?|panel|group|department|council|office|officers?|director|manager|head|lead|leader|chief|"
    r"clerk|nurse|doctor|physician|counsel|underwriter|analyst|owner|claims?|risk|business|senior|junior|medical|legal|"
    r"vice|deputy|president|customer|services?|support|desk|operations?|compliance|credit|fraud|finance|security|audit|"
    r"quality|data|platform|product|human|resources?|unit|division|function|staff|model|"
    r"the|an?|our|any|every|one", re.IGNORECASE)
"""Words that are written with a capital and are of an office or a body, not of a name."""


def says_nothing(text: str) -> bool:
    """A text that is there in name only: a dash, `tbd`, `as needed`."""
    plain = _plain(text)
    return not plain or plain in NOTHING


def names_nobody(text: str) -> bool:
    """A text that should name somebody and could mean anybody: `the team`, `experts as appropriate`."""
    plain = _plain(text)
    words = _WORD.findall(plain)
    return says_nothing(text) or bool(_ANYBODY.search(plain)) or all(_GENERIC.fullmatch(word) for word in words)


def names_a_person(text: str) -> bool:
    """Whether somebody can be meant by name: a title, or two words of a name side by side (`M. Okafor`).

    A script without capitals is believed.
    """
    if _TITLE.search(text) or any(letter.isalpha() and letter.lower() == letter.upper() for letter in text):
        return True
    names = [word[0].isupper() and not _OFFICE.fullmatch(word) for word in _WORD.findall(text)]
    return any(first and second for first, second in pairwise(names))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .?!-–—")
