"""Which regions AWS has, as far as botocore knows."""

from __future__ import annotations

import difflib
from functools import lru_cache


def doubt(region: str) -> str:
    """What to say of a region that botocore does not know, and so perhaps does not exist; empty of one that it does."""
    if region in _regions():
        return ""
    near = difflib.get_close_matches(region, sorted(_regions()), 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{region} is no region of AWS that is known here.{meant} Look at `regions` of this source."


@lru_cache(maxsize=1)
def _regions() -> frozenset[str]:
    """Those of every partition; CloudWatch is in all of them."""
    from botocore.session import Session

    known = Session()
    return frozenset(region for partition in known.get_available_partitions()
                     for region in known.get_available_regions("cloudwatch", partition))
