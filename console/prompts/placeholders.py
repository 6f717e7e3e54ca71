"""Content of a template that varies from call to call: a time, an identifier, a person, what is asked.

A cached prefix that holds any of it is written to the cache with every call and never read (the Cached Timestamp).
A placeholder whose name says nothing of the kind may be as constant as the rest, and is not told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import accumulate

from console.prompts.version import Place

MOST = 20
"""Places that are told of one file."""

_TEMPLATES = (".jinja", ".jinja2", ".j2", ".mustache", ".hbs", ".handlebars", ".liquid")
_NAME = r"[A-Za-z_][\w.]*(?:\([^(){}\n]{0,60}\))*(?:\.[A-Za-z_]\w*(?:\([^(){}\n]{0,60}\))?)*(?:\[[^\]\n]{0,40}\])?"
_DOUBLE = r"\{\{(?![!>/])[-~&{]?\s*(?P<double>[^{}\n]{1,200}?)\s*[-~]?\}\}"
_TAG = r"\{%-?\s*(?P<tag>now\b[^%\n]{0,100})%\}"
_ERB = r"<%=?\s*(?P<erb>[^%\n]{1,200}?)\s*%>"
_DOLLAR = (r"\$\{(?P<dollar>[^{}\n]{1,200})\}|\$\((?P<shell>(?:date|uuidgen)\b[^)\n]{0,100})\)"
           r"|(?<![\"'])\$(?P<bare>[A-Za-z_]\w*)")
_PERCENT = r"%\((?P<percent>\w{1,80})\)[sdrif]"
_SINGLE = rf"(?<![{{$])\{{(?P<single>{_NAME})(?:![rsa])?(?::[^\s{{}}][^{{}}\n]{{0,60}})?\}}(?!\}})"
_CLOCK = (r"(?P<clock>(?:today|now|current|date|time|as of)\b[^\n%{]{0,60}?"
          r"(?P<directives>(?:%[-#]?[aAbBcdHIjmMpSUwWxXyYZzfFT][^\w%\n]{0,3}){2,}))")
_FORMATS = re.compile("|".join((_DOUBLE, _TAG, _ERB, _DOLLAR, _PERCENT, _SINGLE, _CLOCK)), re.IGNORECASE)
_TEMPLATE_FORMATS = re.compile("|".join((_DOUBLE, _TAG, _ERB, _DOLLAR, _PERCENT, _CLOCK)), re.IGNORECASE)

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_TIMES = frozenset((
    "now", "today", "date", "time", "datetime", "timestamp", "utcnow", "clock", "tomorrow", "yesterday", "weekday",
    "strftime", "isoformat", "hour", "minute", "epoch", "localtime", "gmtime"))
_FIXED = frozenset((
    "format", "zone", "timezone", "style", "limit", "out", "policy", "rule", "rules", "cutoff", "release",
    "effective", "version", "build", "launch", "published", "expiry", "range", "window", "budget", "max", "min",
    "count", "total"))
"""Words that make a setting of it: `date_format`, `time_zone`, `knowledge_cutoff_date`, `max_messages`."""
_RANDOM = frozenset((
    "uuid", "uuidgen", "guid", "ulid", "nonce", "random", "rand", "randint", "urandom", "salt"))
_CALLS = frozenset((
    "request", "req", "trace", "session", "conversation", "correlation", "message", "msg", "call", "turn", "thread",
    "span", "transaction", "run", "execution", "invocation"))
_PEOPLE = frozenset((
    "user", "customer", "client", "caller", "member", "account", "tenant", "patient", "employee"))
_NAMED = frozenset((
    "username", "email", "firstname", "lastname", "fullname", "user", "customer", "caller"))
_ASKED = frozenset((
    "question", "query", "input", "message", "messages", "history", "transcript", "utterance", "documents", "chunks",
    "passages", "context"))


def places(text: str, path: str, end: int | None = None, constant: Collection[str] = ()) -> tuple[Place, ...]:
    """What varies in the first `end` characters (None: all), in order, the first of each line; at most `MOST`.

    constant: placeholders that somebody says are the same in every call.
    """
    formats = _TEMPLATE_FORMATS if path.endswith(_TEMPLATES) else _FORMATS
    lines = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    found: dict[int, Place] = {}
    for match, inner in _found(formats, text[:end]):
        what = "the time" if match.lastgroup in ("clock", "directives") else varies(inner)
        if what is None or inner.strip() in constant:
            continue
        at = match.start("directives") if match["directives"] else match.start()
        line = bisect_right(lines, at)
        said = match["directives"] or match[0]
        found.setdefault(line, Place(line, at - lines[line - 1] + 1, said[:80].strip(), what))
        if len(found) == MOST:
            break
    return tuple(found.values())


def varies(inner: str) -> str | None:
    """What an expression in a placeholder stands for, by the words of its name; None where they do not say."""
    name = _QUOTED.sub("", inner.split("|")[0].split("(")[0])
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return None
    every, last = set(words), words[-1]
    if every & _TIMES and not every & _FIXED:
        return "the time"
    if every & _RANDOM:
        return "a number or identifier drawn anew"
    if (last in ("id", "identifier") and every & _CALLS) or last in {f"{word}id" for word in _CALLS}:
        return "an identifier of the call"
    identifies = last in ("id", "identifier", "name", "email") and every & (_PEOPLE | {"first", "last", "full"})
    if identifies or last in _NAMED or last in {f"{word}id" for word in _PEOPLE}:
        return "who is served"
    return "what is asked or was found for it" if last in _ASKED and not every & _FIXED else None


def _found(formats: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in formats.finditer(text):
        inner = next((each for name, each in match.groupdict().items()
                      if each is not None and name not in ("clock", "directives")), "")
        yield match, inner
