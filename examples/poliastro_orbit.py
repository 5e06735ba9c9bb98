"""The compiled kernel as a propagator of poliastro (Python 3.10) or boinor (later): a day of the station's orbit."""

import numpy as np
from astropy import units as u
from astropy.time import Time

try:
    from boinor.bodies import Earth
    from boinor.twobody import Orbit
except ImportError:
    from poliastro.bodies import Earth
    from poliastro.twobody import Orbit

import trajectory as tj

station = Orbit.from_classical(
    Earth, 6795 * u.km, 0.0006 * u.one, 51.64 * u.deg, 30 * u.deg, 80 * u.deg, 10 * u.deg,
    epoch=Time("2023-03-28 09:57:27", scale="utc"),
)  # fmt: skip
day = 1 * u.day

models = {
    "two-body": tj.KernelPropagator(),
    "J2": tj.KernelPropagator(station.epoch, zonal=2),
    "J2 to J6": tj.KernelPropagator(station.epoch, zonal=6),
    "20x20": tj.KernelPropagator(station.epoch, degree=20),
    "20x20, Sun and Moon": tj.KernelPropagator(station.epoch, degree=20, sun=True, moon=True),
    "the same, and drag": tj.KernelPropagator(station.epoch, degree=20, sun=True, moon=True, drag=0.002),
}
kepler = station.propagate(day).r.to_value(u.km)  # the propagator that the library takes itself
for name, method in models.items():
    after = station.propagate(day, method=method)
    apart = np.linalg.norm(after.r.to_value(u.km) - kepler)
    print(f"{name:20s}  node {after.raan.to_value(u.deg) % 360:8.4f} deg  {apart:12.6f} km from Kepler's")
