"""What moto cannot do: refusals and failures of IAM as a switch hears them, with the bodies that AWS documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console import kinds
from console.http import BoundedClient
from console.kinds import SwitchTools
from console.switches.shared import aws as aws_switches
from console.switches.switch import Outcome, Switch, SwitchError, SwitchUnreachable
from console.watch.planning import declared
from tests.support import aws as support
from tests.support.aws import OWN
from tests.support.aws_answers import Aws, aws, identity, json_answer, xml_error
from tests.support.http_server import Reply

ROLE = f"arn:aws:iam::{OWN}:role/team/claims"
KEY = f"{OWN}/claims/ACCAEXAMPLE0000000000"


@pytest.fixture
async def make() -> AsyncIterator[Callable[..., Switch]]:
    made: list[Switch] = []

    def build(kind: str, url: str, own: tuple[str, ...] = ()) -> Switch:
        tools = SwitchTools(BoundedClient(), lambda: support.SECRET, lambda: own, lambda: datetime.now(UTC), Path())
        made.append(kinds.switch(kind).build(support.settings(url), tools))
        return made[-1]

    yield build
    for each in made:
        await each.close()


@pytest.fixture
def iam() -> Iterator[Aws]:
    with aws() as served:
        yield served


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (xml_error("AccessDenied", f"User: arn:aws:iam::{OWN}:user/x is not authorized to perform: iam:PutRolePolicy "
                                   f"on resource: role claims"), Outcome.REFUSED),
        (xml_error("UnmodifiableEntity", "a role of AWS", 400), Outcome.REFUSED),
        (xml_error("LimitExceeded", "policies of the role are too long", 409), Outcome.REFUSED),
        (xml_error("Throttling", "Rate exceeded", 400), Outcome.UNKNOWN),
        (xml_error("ServiceFailure", "again later", 500), Outcome.UNKNOWN),
        (Reply(502, b"<html>no</html>"), Outcome.UNKNOWN),
        (Reply(200, b"not XML"), Outcome.UNKNOWN),
    ],
)
async def test_only_a_definite_answer_is_a_refusal(
    iam: Aws, make: Callable[..., Switch], reply: Reply, outcome: Outcome
) -> None:
    iam.answers["PutRolePolicy"] = lambda _: reply
    switch = make("aws-deny", iam.url)
    assert (await switch.act(ROLE, declared(switch, "disable"), "key")).outcome is outcome
    assert iam.times("PutRolePolicy") == 1


@pytest.mark.parametrize(("on", "why"), [
    ("role claims", "no identity-based policy allows the iam:PutRolePolicy action"),
    (ROLE, "no permissions boundary allows the iam:PutRolePolicy action")])
async def test_a_missing_permission_to_kill_comes_with_the_statement_that_grants_it_for_that_target_alone(
    iam: Aws, make: Callable[..., Switch], on: str, why: str
) -> None:
    iam.answers["PutRolePolicy"] = lambda _: xml_error(
        "AccessDenied", f"User: arn:aws:iam::{OWN}:user/killer is not authorized to perform: iam:PutRolePolicy on "
                        f"resource: {on} because {why}")
    switch = make("aws-deny", iam.url)
    answer = await switch.act(ROLE, declared(switch, "disable"), "key")
    assert "user/killer may not iam:PutRolePolicy" in answer.detail
    assert f'{{"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "{ROLE}"}}' in answer.detail


async def test_a_user_that_aws_names_in_short_is_granted_for_in_full(iam: Aws, make: Callable[..., Switch]) -> None:
    iam.answers["ListServiceSpecificCredentials"] = lambda _: xml_error(
        "AccessDenied", f"User: arn:aws-us-gov:iam::{OWN}:user/killer is not authorized to perform: "
                        "iam:ListServiceSpecificCredentials on resource: user claims because no identity-based policy "
                        "allows the iam:ListServiceSpecificCredentials action")
    with pytest.raises(SwitchError) as caught:
        await make("aws-bedrock-api-key", iam.url).read(KEY)
    assert f'"Resource": "arn:aws-us-gov:iam::{OWN}:user/claims"' in str(caught.value)


@pytest.mark.parametrize(("code", "message", "advice"), [
    ("ExpiredToken", "The security token included in the request is expired", "renew it"),
    ("SignatureDoesNotMatch", "Signature expired: 20261126T010000Z is now earlier than 20261126T011500Z "
                              "(20261126T013000Z - 15 min.)", "clock is wrong"),
    ("SignatureDoesNotMatch", "Signature not yet current: 20261126T020000Z is still later than 20261126T014500Z "
                              "(20261126T013000Z + 15 min.)", "clock is wrong"),
    ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large",
     "clock is wrong"),
    ("RequestExpired", "Request has expired", "clock is wrong"),
    ("InvalidClientTokenId", "The security token included in the request is invalid", "deleted or made inactive"),
    ("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role claims", "leave no room for one more"),
    ("UnmodifiableEntity", "Cannot perform the operation on the protected role", "the role that the workload runs as"),
])
async def test_a_refusal_is_no_kill_and_says_what_mends_it(
    iam: Aws, make: Callable[..., Switch], code: str, message: str, advice: str
) -> None:
    status = {"LimitExceeded": 409, "UnmodifiableEntity": 400}.get(code, 403)
    iam.answers["PutRolePolicy"] = lambda _: xml_error(code, message, status)
    switch = make("aws-deny", iam.url)
    answer = await switch.act(ROLE, declared(switch, "disable"), "key")
    assert answer.outcome is Outcome.REFUSED
    assert code in answer.detail
    assert advice in answer.detail


async def test_a_kill_waits_little_to_know_who_the_other_credentials_are(
    iam: Aws, make: Callable[..., Switch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them gets no answer: the target is read all the same, and the others are compared with it."""
    def who(asked: dict[str, str]) -> Reply:
        key = asked["_key"]
        if key.endswith("SILENT"):
            iam.server.stopping.wait(20)
        return identity(ROLE if key.endswith("CLAIMS") else f"arn:aws:iam::{OWN}:user/killer")

    monkeypatch.setattr(aws_switches, "OTHERS_DEADLINE_S", 1.5)
    role = (f"<GetRoleResponse><GetRoleResult><Role><Arn>{ROLE}</Arn></Role></GetRoleResult><ResponseMetadata>"
            "<RequestId>r</RequestId></ResponseMetadata></GetRoleResponse>")
    iam.answers |= {"GetCallerIdentity": who, "GetRolePolicy": lambda _: xml_error("NoSuchEntity", "none", 404),
                    "GetRole": lambda _: Reply(200, role.encode(), {"content-type": "text/xml"})}
    switch = make("aws-deny", iam.url, own=("AKIASILENT:s", "AKIACLAIMS:s"))
    assert await switch.read(ROLE) == "not denied"
    assert switch.is_own(ROLE)
    iam.server.stopping.set()


async def test_nobody_there_is_unknown_and_unreachable(make: Callable[..., Switch]) -> None:
    switch = make("aws-deny", "http://127.0.0.1:9")
    assert (await switch.act(ROLE, declared(switch, "disable"), "key")).outcome is Outcome.UNKNOWN
    with pytest.raises(SwitchUnreachable):
        await switch.read(ROLE)


async def test_a_status_that_is_not_told_is_no_state(iam: Aws, make: Callable[..., Switch]) -> None:
    iam.answers["ListServiceSpecificCredentials"] = lambda _: json_answer({})
    switch = make("aws-bedrock-api-key", iam.url)
    with pytest.raises((SwitchError, SwitchUnreachable)):
        await switch.read(KEY)


def keys(*statuses: tuple[str, str], marker: str = "") -> Reply:
    """One page of a user's keys."""
    members = "".join(f"<member><UserName>claims</UserName><ServiceSpecificCredentialId>{identifier}"
                      f"</ServiceSpecificCredentialId><Status>{status}</Status></member>"
                      for identifier, status in statuses)
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else ""
    body = ("<ListServiceSpecificCredentialsResponse><ListServiceSpecificCredentialsResult>"
            f"<ServiceSpecificCredentials>{members}</ServiceSpecificCredentials>{more}</ListServiceSpecificCredentialsResult>"
            "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListServiceSpecificCredentialsResponse>")
    return Reply(200, body.encode(), {"content-type": "text/xml"})


async def test_a_key_on_a_later_page_is_found(iam: Aws, make: Callable[..., Switch]) -> None:
    pages = {None: keys(("ACCAOTHER00000000000", "Active"), marker="m"), "m": keys((KEY.rsplit("/")[-1], "Expired"))}
    iam.answers["ListServiceSpecificCredentials"] = lambda asked: pages[asked.get("Marker")]
    switch = make("aws-bedrock-api-key", iam.url)
    state = await switch.read(KEY)
    assert state == "expired"
    assert declared(switch, "disable").satisfied_by(state)


async def test_pages_that_never_end_are_no_answer(iam: Aws, make: Callable[..., Switch]) -> None:
    iam.answers["ListServiceSpecificCredentials"] = lambda _: keys(marker="m")
    with pytest.raises(SwitchUnreachable, match="did not end"):
        await make("aws-bedrock-api-key", iam.url).read(KEY)
