"""IAM's inline policies of roles, and who asks: what a switch of the kind `aws-deny` needs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from console.clock import rfc3339
from console.simulator.bedrock.answers import RefusedError
from console.simulator.bedrock.cloud import ACCOUNT, Cloud, Holder, role_arn, role_name

Form = dict[str, str]


def caller(arn: str) -> dict[str, Any]:
    """`GetCallerIdentity`."""
    return {"Arn": arn, "UserId": "AIDASIMULATED", "Account": ACCOUNT}


def act(cloud: Cloud, operation: str, form: Form) -> dict[str, Any] | None:
    """The result of one operation; None where it has none. Raises RefusedError."""
    if operation == "GetUser":
        raise RefusedError("NoSuchEntity", f"The user with name {form.get('UserName')} cannot be found.", 404)
    holder = cloud.roles.get(form.get("RoleName", ""))
    if holder is None:
        raise RefusedError("NoSuchEntity", f"The role with name {form.get('RoleName')} cannot be found.", 404)
    match operation:
        case "GetRole":
            return {"Role": {"Path": "/workloads/", "RoleName": role_name(holder.profile), "RoleId": "AROASIMULATED",
                             "Arn": role_arn(holder.profile), "CreateDate": rfc3339(cloud.world.story.start),
                             "AssumeRolePolicyDocument": quote("{}")}}
        case "GetRolePolicy":
            name = _policy(holder, form)
            return {"RoleName": form["RoleName"], "PolicyName": name, "PolicyDocument": quote(holder.policies[name])}
        case "PutRolePolicy":
            holder.policies[form["PolicyName"]] = _document(form.get("PolicyDocument", ""))
        case "DeleteRolePolicy":
            del holder.policies[_policy(holder, form)]
        case _:
            raise RefusedError("InvalidAction", f"Could not find operation {operation} for version 2010-05-08")
    cloud.writes.append((operation, dict(form)))
    cloud.changed(holder)
    return None


def _policy(holder: Holder, form: Form) -> str:
    name = form.get("PolicyName", "")
    if name not in holder.policies:
        raise RefusedError("NoSuchEntity", f"The role policy with name {name} cannot be found.", 404)
    return name


def _document(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise RefusedError("MalformedPolicyDocument", "Syntax errors in policy.")
    return text
