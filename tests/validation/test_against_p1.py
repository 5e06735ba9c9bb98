"""The speed problem P1: 200 entries.

Tolerances and their reasons: trajectory/checks/p1.py.
"""

import pytest

from trajectory import verify
from trajectory.checks import p1


@pytest.mark.parametrize("row", verify.rows_of(p1), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass" or row["known_miss"], row
