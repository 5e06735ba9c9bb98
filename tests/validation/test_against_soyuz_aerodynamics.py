"""Trim of the Soyuz, Newtonian panels, free-molecular flow, Apollo's tunnels against flow computations.

Tolerances and their reasons: trajectory/checks/aerodynamics.py.
"""

import pytest

from trajectory import verify
from trajectory.checks import aerodynamics


@pytest.mark.parametrize("row", verify.rows_of(aerodynamics), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass" or row["known_miss"], row
