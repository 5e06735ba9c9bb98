"""Landings that happened, beside the footprints that are told of them.

Tolerances and their reasons: trajectory/checks/landings.py.
"""

import pytest

from trajectory import verify
from trajectory.checks import landings


@pytest.mark.parametrize("row", verify.rows_of(landings), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass" or row["known_miss"], row
