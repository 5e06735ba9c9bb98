"""Two-body motion: Kepler's equation, and the propagators of poliastro and boinor.

Tolerances and their reasons: trajectory/checks/kepler.py.
"""

import importlib
import importlib.util

import numpy as np
import pytest
from astropy import units

from trajectory import leg, verify
from trajectory.checks import flying, kepler


@pytest.mark.parametrize("row", verify.rows_of(kepler), ids=lambda row: row["quantity"])
def test_row(row):
    print(f"{row['value']} against {row['truth']}, tolerance {row['tolerance']} {row['unit']}")
    assert row["verdict"] == "pass" or row["known_miss"], row


@pytest.mark.parametrize("name", kepler.ORBITS)
@pytest.mark.parametrize("method", ["FarnocchiaPropagator", "MarkleyPropagator"])
def test_library_propagators(name, method):
    """A day by the library's own solutions of Kepler's problem, with its own constant of the Earth: 1 mm."""
    library = "boinor" if importlib.util.find_spec("boinor") else "poliastro"
    solutions, bodies, twobody = (
        importlib.import_module(f"{library}.{part}") for part in ("twobody.propagation", "bodies", "twobody")
    )
    r, v = kepler.state(kepler.ORBITS[name], 0.0)
    start = twobody.Orbit.from_vectors(bodies.Earth, r * units.m, v * units.m / units.s)
    theirs = start.propagate(86400.0 * units.s, method=getattr(solutions, method)()).r.to_value("m")
    world = leg.Environment(mu=bodies.Earth.k.to_value("m3/s2"))
    ours = flying.states_at([86400.0], kepler.COAST, world, flying.start(r, v))[0, :3]
    away = float(np.linalg.norm(ours - theirs))
    print(f"{name}, {method}: {away:.2e} m")
    assert away < 1e-3
