"""Shuttle entry, derivatives and greatest crossrange: Betts.

Tolerances and their reasons: trajectory/checks/betts.py.
"""

import pytest

from trajectory import verify
from trajectory.checks import betts


@pytest.mark.parametrize("row", verify.rows_of(betts), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass" or row["known_miss"], row


def test_nothing_exceeds_the_optimum():
    row = next(row for row in verify.rows_of(betts) if "crossrange" in row["quantity"])
    assert row["value"] < row["truth"]
