"""The keys of a `[[sources]]` table that name accounts and regions of AWS, and how its source and switches use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from typing import TYPE_CHECKING

from console.aws import policies
from console.aws.arns import account_of, partition_of_region, role_or_user
from console.settings import SourceSettings
from console.settings_reading import Table

if TYPE_CHECKING:
    from console.aws.account import Credential

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}")
_PROFILE = re.compile(r"[\w.+=,@ -]{1,128}")


def options(table: Table) -> Mapping[str, object]:
    """`regions`, `roles`, `kill_roles`, `profile` and `cost_explorer`. Raises BadConfiguration."""
    regions = table.texts("regions")
    if not regions:
        table.refuse("regions", 'is missing: name the regions that are used, such as regions = ["us-east-1"]')
    for region in regions:
        if not _REGION.fullmatch(region):
            table.refuse("regions", 'holds what is not a region; write names such as "eu-central-1"')
    partitions = {partition_of_region(region) for region in regions}
    if len(partitions) > 1:
        table.refuse("regions", f"lie in {' and '.join(sorted(partitions))}, and no credential is known in both: "
                     "write a [[sources]] table for each")
    profile = table.optional("profile", table.text)
    if profile is not None and not _PROFILE.fullmatch(profile):
        table.refuse("profile", "is not the name of a profile of the AWS configuration")
    return {
        "regions": tuple(dict.fromkeys(regions)),
        "roles": _roles(table, "roles", *partitions),
        "kill_roles": _roles(table, "kill_roles", *partitions),
        "profile": profile,
        "cost_explorer": table.flag("cost_explorer", False),
    }


def texts(settings: SourceSettings, name: str) -> tuple[str, ...]:
    """A list among the options."""
    value = settings.options.get(name)
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()


def credential(settings: SourceSettings, key: Callable[[], str], reference: str | None) -> Credential:
    """What to work with: the secret where there is a reference to one, else the profile, else what the machine has."""
    from console.aws.account import Credential

    profile = settings.options.get("profile")
    return Credential(key if reference else None, profile if isinstance(profile, str) else None)


def with_kill_roles(settings: SourceSettings, policy: str, accounts: Set[str]) -> str:
    """A policy to switch in these accounts, and that of who assumes their kill roles, where there are some."""
    roles = [role for role in texts(settings, "kill_roles") if account_of(role) in accounts]
    return f"{policy} on each kill role, and {policies.assuming(roles)} on who assumes them" if roles else policy


def _roles(table: Table, key: str, partition: str) -> tuple[str, ...]:
    """Roles to assume, one an account, where the regions lie."""
    roles = table.texts(key)
    for arn in roles:
        found = role_or_user(arn)
        if found is None or found[3] != "role":
            table.refuse(key, "holds what is not the ARN of a role; write arn:aws:iam::ACCOUNT:role/NAME")
        if found[1] != partition:
            table.refuse(key, f"names a role in {found[1]}, and the regions lie in {partition}: write "
                         f"arn:{partition}:iam::{found[2]}:role/{found[4]}{found[5]}")
    if len({account_of(arn) for arn in roles}) != len(roles):
        table.refuse(key, "names two roles of one account; keep one")
    return roles
