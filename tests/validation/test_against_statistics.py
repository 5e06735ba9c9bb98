"""Samples and tails, circles and ellipses of a normal cloud: tables of exact mathematics.

Tolerances and their reasons: trajectory/checks/statistics.py.
"""

import pytest

from trajectory import verify
from trajectory.checks import statistics


@pytest.mark.parametrize("row", verify.rows_of(statistics), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass", row
