"""Five more workloads of the organisation, one on each other way to a model."""

from __future__ import annotations

import hashlib

from console.simulator.catalogue import OPUS, PRODUCTION, SONNET, key_id
from console.simulator.profiles import Call, Profile

DAYS = 60
"""They have been live at least so many days before the story."""
GOOGLE_PROJECT = "hvi-claims"

LETTERS = Profile("subrogation-letters", "proj_HVsubrogationletters", "subrogation-letters-prod", None,
                  (("gpt-6-sol", 1.0),), Call(2400, 0, 5200, 900), 1500, "office")
"""At OpenAI, in a project of its own."""
EXPOSURE = Profile("exposure-notes", "arn:aws:iam::111122223333:role/workloads/exposure-notes", "exposure-notes-prod",
                   None, (("global.anthropic.claude-sonnet-4-6", 1.0),), Call(3100, 700, 9800, 850), 2400, "office")
"""On Bedrock, under a role and an inference profile of its own."""
ESTIMATES = Profile("damage-estimates", f"damage-estimates@{GOOGLE_PROJECT}.iam.gserviceaccount.com",
                    "damage-estimates-prod", None, (("gemini-3.5-flash", 1.0),), Call(6800, 0, 0, 420), 1800, "service")
"""On Vertex, in a project of its own: without cache, since no metric there tells of one."""
TREATIES = Profile("treaty-reader", hashlib.sha256(b"simulated treaty-reader").hexdigest(), "treaty-reader-prod", None,
                   ((OPUS, 1.0),), Call(42_000, 9000, 60_000, 3800), 900, "office")
"""Behind the gateway, with a virtual key: few calls, long ones."""
AGENT = Profile("renewal-agent", key_id("renewal-agent"), "renewal-agent-prod", PRODUCTION, ((SONNET, 1.0),),
                Call(1200, 250, 8200, 380), 1300, "service")
"""At Anthropic, and each call is told to the console as it ends."""

ELSEWHERE = (LETTERS, EXPOSURE, ESTIMATES, TREATIES, AGENT)


def everyone(at_anthropic: tuple[Profile, ...]) -> tuple[Profile, ...]:
    """A story's workloads at Anthropic, with the renewal agent among them."""
    return at_anthropic if AGENT in at_anthropic else (*at_anthropic, AGENT)
