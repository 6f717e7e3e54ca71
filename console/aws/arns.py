"""Names of AWS taken apart: accounts, roles and users, and which part of AWS (partition) they and a region lie in."""

from __future__ import annotations

import re

_ROLE_OR_USER = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):(role|user)/((?:[\x21-\x7e]+/)?)([\w+=,.@-]{1,128})")
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"),
               ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"), ("eusc-", "aws-eusc"))


def account_of(arn: str) -> str:
    """The account number in an ARN; empty where there is none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def partition_of(arn: str) -> str:
    """aws, aws-us-gov, aws-cn, …; `aws` where it is no ARN."""
    start, _, rest = arn.partition(":")
    return (rest.partition(":")[0] if start == "arn" else "") or "aws"


def partition_of_region(region: str) -> str:
    """The same of a region. A credential of one partition is unknown in every other."""
    return next((partition for start, partition in _PARTITIONS if region.startswith(start)), "aws")


def role_or_user(arn: str) -> re.Match[str] | None:
    """The ARN of a role or user taken apart: partition, account, role or user, path with its slashes, name."""
    return _ROLE_OR_USER.fullmatch(arn)
