"""A region that is misspelt is told from a network that is away."""

from __future__ import annotations

import pytest

from console.aws.regions import doubt


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-2", "us-gov-west-1", "cn-north-1"])
def test_of_a_region_that_there_is_nothing_is_said(region: str) -> None:
    assert doubt(region) == ""


def test_a_misspelt_one_is_named_with_the_one_that_was_meant() -> None:
    assert doubt("eu-centrall-1") == ("eu-centrall-1 is no region of AWS that is known here. Did you mean "
                                      "eu-central-1? Look at `regions` of this source.")
    assert "Did you mean" not in doubt("frankfurt")
