"""What Google's switches need to be permitted, and what mends a refusal: no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from console.gcp.refusals import Refusal
from console.settings import SourceSettings
from console.switches.shared.google_targets import parts

ACCOUNTS = ("iam.serviceAccounts.get", "iam.serviceAccounts.disable", "iam.serviceAccounts.enable")
"""To stop a service account and let it go again."""
POLICIES = tuple(f"iam.denypolicies.{act}" for act in ("get", "create", "update", "delete"))
"""To deny it models; the account itself is looked at too. Only roles/iam.denyAdmin has them."""
_ACTS = {"GET": "get", "POST": "create", "PUT": "update", "DELETE": "delete"}


def least_on_accounts(_: SourceSettings, targets: Sequence[str]) -> str:
    """What switches these service accounts off and on."""
    return f"{', '.join(ACCOUNTS)} in {_projects(targets)}"


def least_on_policies(_: SourceSettings, targets: Sequence[str]) -> str:
    """What denies these service accounts models, and lets them again."""
    return (f"{', '.join(POLICIES)} on {_projects(targets)}, which roles/iam.denyAdmin of the organisation has, and "
            f"{ACCOUNTS[0]} there")


def _projects(targets: Sequence[str]) -> str:
    return ", ".join(sorted({parts(target)[0] for target in targets}))


def needed(method: str, path: str) -> str:
    """The permission that a request needs."""
    if "/denypolicies" in path:
        return f"iam.denypolicies.{_ACTS[method]}"
    act = path.rpartition(":")[2]
    return f"iam.serviceAccounts.{act if method == 'POST' else 'get'}"


def mends(method: str, path: str, status: int, told: Refusal, account: str | None) -> str:
    """What to do about a refusal, as one or two sentences after a space; empty where nothing is known."""
    project = unquote(path).partition("projects/")[2].partition("/")[0]
    who = account or "the kill credential"
    if status == 401:
        return " Put a valid key of a service account behind this source's kill_secret."
    if "SERVICE_DISABLED" in told.reasons:
        return f" IAM's API is off in that project: gcloud services enable iam.googleapis.com --project {project}"
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in told.reasons:
        return (" The machine's own credential was made without the scope "
                "https://www.googleapis.com/auth/cloud-platform: put the key of a service account behind kill_secret.")
    if status != 403:
        return ""
    member = f"--member serviceAccount:{account or 'ACCOUNT'}"
    lacks = f" {who} lacks {told.permission or needed(method, path)} in {project}, or there is no such project: grant "
    if "/denypolicies" in path:
        return f"{lacks}it roles/iam.denyAdmin: gcloud organizations add-iam-policy-binding ORGANISATION {member} " \
               "--role roles/iam.denyAdmin"
    return (f"{lacks}a role with no more: gcloud iam roles create tokenConsoleKill --project {project} --permissions "
            f"{','.join(ACCOUNTS)} && gcloud projects add-iam-policy-binding {project} {member} "
            f"--role projects/{project}/roles/tokenConsoleKill")
