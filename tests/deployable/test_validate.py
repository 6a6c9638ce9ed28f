"""SAM's own check of the template, cfn-lint included."""

import pytest

from tests.deployable.conftest import REGION, sam

pytestmark = pytest.mark.deployable


def test_sam_validates_and_lints_the_template() -> None:
    assert "is a valid SAM Template" in sam("validate", "--lint", "--region", REGION)
