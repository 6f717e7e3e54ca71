"""Entries of the audit log around the incident, and what verifying it may say."""

from __future__ import annotations

import json
from datetime import timedelta

from console.operations.status import AuditLine, AuditVerdict
from tests.support.incidents import AT, HOSTILE, INTENT, KEY, SLUG


def _entry(seq: int, minutes: int, actor: str, action: str, subject: str, **detail: object) -> AuditLine:
    return AuditLine(
        seq,
        AT - timedelta(minutes=minutes),
        actor,
        action,
        subject,
        json.dumps({"seq": seq, "actor": actor, "action": action, "object": subject, "detail": detail}),
    )


AUDIT = (
    _entry(214, 1, "engine", "step.confirmed", SLUG, target=KEY, before="active", after="inactive"),
    _entry(
        213,
        2,
        "engine",
        "intent.recorded",
        SLUG,
        intent=INTENT,
        rule="cap",
        month="3960.200000",
        threshold="4000.000000",
    ),
    _entry(212, 30, "jo", "alert.acknowledged", SLUG, alert=42, until="2026-03-04T05:41:12+00:00"),
    _entry(
        211, 3 * 1440, "sam", "silence.created", "support-copilot", reason=HOSTILE, until="2026-03-05T02:41:12+00:00"
    ),
)
INTACT = AuditVerdict(214, None, 214, "")
BROKEN = AuditVerdict(214, 97, 96, "its content does not match its hash")
