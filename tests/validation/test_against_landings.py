"""Landings that happened, beside the footprints that are told of them.

Tolerances and their reasons: trajectory/checks/landings.py.
"""

from trajectory import verify
from trajectory.checks import landings


def test_rows():
    """All in one: the ensembles are flown by the process that runs this, not by each that collects tests."""
    rows = verify.rows_of(landings)
    for row in rows:
        print(f"{row['quantity']}: {row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    wrong = [row for row in rows if row["verdict"] != "pass" and not row["known_miss"]]
    assert len(rows) == len(landings.POINTS) + 5 and not wrong, wrong
