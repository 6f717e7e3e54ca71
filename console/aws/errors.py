"""What a refusal of AWS means: which credential, on which account and region, and the least that must be granted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.aws.arns import account_of, partition_of
from console.errors import ProviderUnreachable
from console.text import clean


class Refusal(StrEnum):
    """Why a call has no usable answer, as callers treat it."""

    UNAUTHORISED = "unauthorised"  # the credential: unknown, expired, wrongly signed, none at all
    FORBIDDEN = "forbidden"  # a permission is missing
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"  # 5xx, network, deadline: nobody knows whether a write happened
    MALFORMED = "malformed"
    TOO_LARGE = "too large"
    MISSING = "missing"  # what was asked for is not there
    INVALID = "invalid"  # any other refusal of the request itself
    UNSENT = "unsent"  # by us, before anything left


@dataclass(frozen=True, slots=True)
class Place:
    """Who asks, and where: what a message must name."""

    region: str
    role: str | None = None
    """The role that is assumed; None: the credential as it is."""
    credential: str = "the credential"
    """What the credential is called: a secret's keeper, a profile, or what the machine has."""
    target: str | None = None
    """The ARN of the role or user that is asked about; None: of none. AWS names it in short, a policy in full."""

    @property
    def account(self) -> str | None:
        """The account that the role belongs to."""
        return account_of(self.role) if self.role else None

    def __str__(self) -> str:
        account = f"account {self.account}" if self.account else "the credential's own account"
        return f"{account}, {self.region}"


class AwsError(ProviderUnreachable):
    """A call without a usable answer. The message names account, region and credential, and never a secret."""

    def __init__(self, refusal: Refusal, message: str, *, code: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.code = code
        self.retry_after_s = retry_after_s


_NOT_AUTHORISED = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[\w-]+:\w+)"
    r"(?: on resource: (?P<resource>(?:(?:role|user) )?\S+))?(?P<why>.*)", re.DOTALL)
_IN_SHORT = re.compile(r"(role|user) ([\w+=,.@-]+)")

_CREDENTIAL = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
    "IncompleteSignatureException", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "AuthFailure",
    "InvalidToken", "InvalidIdentityToken",
})
_CLOCK = frozenset({"RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"})
"""The date on the request is more than a quarter of an hour from theirs."""
_PERMISSION = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess",
                         "OptInRequired", "SubscriptionRequiredException"})
_THROTTLE = frozenset({"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
                       "RequestThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
                       "LimitExceededException", "SlowDown", "PriorRequestNotComplete"})
_MISSING = frozenset({"NoSuchEntity", "NoSuchEntityException", "ResourceNotFoundException"})
_ADVICE = {
    "LimitExceeded": (" Its inline policies leave no room for one more: make a managed policy of one of them, or name "
                      "another switch."),
    "UnmodifiableEntity": " AWS itself keeps that role: name the role that the workload runs as.",
}
_SECRET_SHAPES = re.compile(r"\b(A[KS]IA)[A-Z0-9]{12,}\b")


def classify(answer: dict[str, Any], action: str, place: Place) -> AwsError:
    """What an error answer means. `action` is the IAM action that the call needs, such as cloudwatch:ListMetrics."""
    said = answer.get("Error") or {}
    code = clean(str(said.get("Code", "")), 60)
    message = harmless(str(said.get("Message") or said.get("message") or ""))
    meta = answer.get("ResponseMetadata") or {}
    status = meta.get("HTTPStatusCode")
    refusal = _refusal(code, status if isinstance(status, int) else 0)
    text = f"{place}: {_sentence(refusal, code or str(status), message, action, place)}"
    if request := meta.get("RequestId"):
        text += f" Request {clean(str(request), 80)}."
    return AwsError(refusal, text, code=code, retry_after_s=_retry_after(meta.get("HTTPHeaders") or {}))


def least_statement(action: str, resource: str = "*") -> str:
    """The policy statement that allows one action, as one line of JSON."""
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": resource}, separators=(", ", ": "))


def harmless(text: str, width: int = 400) -> str:
    """Their words without controls and without key identifiers."""
    return clean(_SECRET_SHAPES.sub(r"\1…", text[: width * 4]), width)


def _refusal(code: str, status: int) -> Refusal:
    if code in _CREDENTIAL | _CLOCK:
        return Refusal.UNAUTHORISED
    if code in _PERMISSION:
        return Refusal.FORBIDDEN
    if code in _THROTTLE or status == 429:
        return Refusal.THROTTLED
    if code in _MISSING:
        return Refusal.MISSING
    if status >= 500 or status == 408:
        return Refusal.UNAVAILABLE
    by_status = {401: Refusal.UNAUTHORISED, 403: Refusal.FORBIDDEN, 404: Refusal.MISSING, 413: Refusal.TOO_LARGE}
    return by_status.get(status, Refusal.INVALID if 400 <= status < 500 else Refusal.MALFORMED)


def _sentence(refusal: Refusal, code: str, message: str, action: str, place: Place) -> str:
    quoted = f" ({message.rstrip('.')})" if message else ""
    match refusal:
        case Refusal.UNAUTHORISED:
            return f"{place.credential} was refused, {code}{quoted}. {_remedy(code, message)}"
        case Refusal.FORBIDDEN:
            return _not_permitted(code, message, action, place)
        case Refusal.THROTTLED:
            return (f"{action} was asked for too often, {code}{quoted}. It is asked again later; the credential is not "
                    "in doubt.")
        case Refusal.UNAVAILABLE:
            return f"AWS failed at {action}, {code}{quoted}. It is asked again later."
        case Refusal.MISSING:
            return f"{action} found nothing, {code}{quoted}."
        case _:
            return f"{action} was not accepted, {code}{quoted}.{_ADVICE.get(code.removesuffix('Exception'), '')}"


def _remedy(code: str, message: str) -> str:
    if code in _CLOCK or ("Signature" in message and ("expired" in message or "not yet current" in message)):
        return "This machine's clock is wrong: let it follow a time server (chrony, or systemd-timesyncd)."
    if code.startswith("Expired"):
        return ("It was given for a time, which is over: renew it (aws sso login for a profile), or give a key that "
                "does not expire, or a role.")
    if code in ("UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure"):
        return ("AWS does not know the key: it was deleted or made inactive, or the region is not enabled in this "
                "account. Put a valid key behind the secret, or take the region out of `regions`.")
    return "Put a valid access key behind it (ACCESS_KEY_ID:SECRET_ACCESS_KEY)."


def _not_permitted(code: str, message: str, action: str, place: Place) -> str:
    found = _NOT_AUTHORISED.search(message)
    who = found["who"] if found and found["who"] else place.role or place.credential
    needed = found["action"] if found else action
    why = found["why"] if found else ""
    if "explicit deny" in why:
        return (f"{who} may not {needed}, {code}: {why.strip().removeprefix('with ').rstrip('.')}. Another Allow does "
                "not help against a Deny: change the policy that denies it.")
    if code in ("OptInRequired", "SubscriptionRequiredException"):
        return f"{needed} is not enabled here, {code} ({message.rstrip('.')}). Enable the service or the region."
    if needed == "sts:AssumeRole":
        role = place.role or (found["resource"] if found else None) or "the role"
        return (f"{who} may not assume {role}, {code}. Give the credential {least_statement(needed, role)} and let the "
                "role's trust policy name it as a principal.")
    resource = _resource(found, place)
    said = "" if found or not message else f" ({message.rstrip('.')})"
    return f"{who} may not {needed}, {code}{said}. Add to its policy: {least_statement(needed, resource)}"


def _resource(found: re.Match[str] | None, place: Place) -> str:
    """What a statement must name: the target in full, or what AWS names, which for a role is `role NAME`."""
    if place.target:
        return place.target
    told = found["resource"] if found else None
    short = _IN_SHORT.fullmatch(told or "")
    if short is None or found is None:
        return told or "*"
    who = found["who"] or ""
    return f"arn:{partition_of(who)}:iam::{account_of(who) or '*'}:{short[1]}/{short[2]}"


def _retry_after(headers: dict[str, str]) -> float | None:
    value = str(headers.get("retry-after", "")).strip()
    return min(float(value), 3600.0) if value.isdigit() and value != "0" else None
