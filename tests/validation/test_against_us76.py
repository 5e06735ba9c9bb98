"""U.S. Standard Atmosphere 1976, NOAA-S/T 76-1562: the printed table."""

import csv
from pathlib import Path

import numpy as np
import pytest

from trajectory import atmosphere, standard_atmosphere

FILE = Path(atmosphere.__file__).parent / "data/truth/us76/noaa_us_standard_atmosphere_1976.csv"
ROWS = list(csv.DictReader(line for line in FILE.read_text().splitlines() if not line.startswith("#")))


@pytest.mark.parametrize("row", ROWS, ids=[row["z_km"] + " km" for row in ROWS])
def test_printed_rows(row):
    """Below 86 km the layers have 4-6 figures: 5e-5. From 86 km the table prints 4 figures: 0.1 %."""
    altitude = 1e3 * float(row["z_km"])
    tolerance = 5e-5 if altitude < 86e3 else 1e-3
    density, temperature, sound = standard_atmosphere.us76(altitude)
    spline, _ = atmosphere.evaluate(atmosphere.us76(), altitude)
    theirs = float(row["density_kg_m3"])
    print(f"density {density / theirs - 1:+.1e} of {tolerance}, spline {spline / theirs - 1:+.1e}")
    assert abs(density / theirs - 1.0) < tolerance
    assert abs(spline / theirs - 1.0) < 1e-3  # the smoothed table, at the nodes
    if row["temperature_K"]:
        assert abs(temperature - float(row["temperature_K"])) < 0.01
    if row["pressure_Pa"]:
        assert abs(density * sound**2 / 1.4 / float(row["pressure_Pa"]) - 1.0) < 5e-5


def test_spline_between_the_rows():
    """The definition has corners; the twice differentiable table stays within 0.1 % of it."""
    altitude = np.linspace(0.0, 1.0e6, 100001)
    density, _, sound = standard_atmosphere.us76(altitude)
    ours, our_sound = atmosphere.evaluate(atmosphere.us76(), altitude)
    departure = np.abs(ours / density - 1.0)
    print(f"largest departure {departure.max():.1e} at {altitude[departure.argmax()]:.0f} m")
    assert departure.max() < 1e-3
    assert np.abs(our_sound / sound - 1.0).max() < 5e-4


@pytest.mark.parametrize("base_km", [11, 20, 32, 47, 51, 71, 84.852])
def test_continuous_at_the_layers(base_km):
    radius = 6356.766
    altitude = 1e3 * radius * base_km / (radius - base_km)
    below, above = (standard_atmosphere.us76(altitude + d) for d in (-1e-3, 1e-3))
    assert abs(below[0] / above[0] - 1.0) < 1e-6
    assert abs(below[1] - above[1]) < 1e-4


@pytest.mark.parametrize("altitude", [86e3, 91e3, 110e3, 120e3])
def test_continuous_above_the_layers(altitude):
    """At 86 km the two definitions meet to the figures that the standard gives: 5e-5."""
    below, above = (standard_atmosphere.us76(altitude + d) for d in (-1e-3, 1e-3))
    assert abs(below[0] / above[0] - 1.0) < 5e-5
    assert abs(below[1] - above[1]) < 0.01
