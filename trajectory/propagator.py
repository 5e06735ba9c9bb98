"""A propagator for people who live in poliastro: the kernel behind `Orbit.propagate(tof, method=...)` and `to_ephem`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trajectory import atmosphere, constants, frames, gravity, orbit
from trajectory.leg import Environment, Leg, fly_leg
from trajectory.status import KERNEL, FlightError

STEP = 86400.0  # s, longest stretch between two states asked for


class KernelPropagator:
    """Numerical propagation in the compiled kernel, with the perturbations that are asked for.

    epoch: of the orbit (Orbit.epoch, astropy Time or ISO text). poliastro hands a propagator no epoch, so what depends on
    one (harmonics, Sun, Moon) needs it here; without it the Earth's axis is taken along z of the orbit's frame.
    zonal: highest zonal term, 0 (two-body) or 2 to 6. degree, order: spherical harmonics of `field` instead.
    sun, moon: as points. drag: C_D A/m in m2/kg, in the 1976 standard atmosphere that turns with the Earth.
    tolerance: relative, of a step. mu: m3/s2, of the attractor by default.

    States are in the orbit's own frame (GCRS for poliastro's Earth), with astropy units as poliastro hands them over.
    Integrated by the pair of order 8(5,3) of Dormand and Prince (Hairer, Norsett & Wanner 1993, section II.10).

    Raises ValueError for what cannot be combined, FlightError if the orbit cannot be flown.
    """

    def __init__(self, epoch=None, *, zonal=0, degree=0, order=None, field="egm2008-36", sun=False, moon=False, drag=0.0,
                 mu=None, tolerance=1e-13):  # fmt: skip
        if zonal not in (0, 2, 3, 4, 5, 6):
            raise ValueError(f"zonal is {zonal!r}; allowed: 0, 2, 3, 4, 5, 6")
        if (degree or sun or moon) and epoch is None:
            raise ValueError(
                "harmonics, Sun and Moon need the epoch of the orbit: KernelPropagator(orbit.epoch, ...)"
            )
        if degree and zonal:
            raise ValueError("either zonal or degree is due, not both")
        if not (drag >= 0.0 and tolerance > 0.0):
            raise ValueError(
                f"drag is {drag}, tolerance {tolerance}; allowed: drag of 0 or more, tolerance above 0"
            )
        self.orientation = (
            frames.aligned("2000-01-01T12:00:00Z") if epoch is None else frames.orientation(epoch)
        )
        self.zonal, self.degree, self.order = zonal, degree, degree if order is None else order
        self.field = gravity.read_field(gravity.SHIPPED / f"{field}.gfc") if degree else None
        self.sun, self.moon, self.drag, self.mu, self.tolerance = sun, moon, drag, mu, tolerance

    @property
    def kind(self):
        """Ellipses, parabolas and hyperbolas alike."""
        kinds = orbit.library("twobody.propagation.enums").PropagatorKind
        return kinds.ELLIPTIC | kinds.PARABOLIC | kinds.HYPERBOLIC

    def propagate(self, state, tof):
        """The state a time of flight later; poliastro's interface."""
        from astropy import units as u

        position, velocity = self.propagate_many(
            state, tof.reshape(-1) if tof.ndim else np.atleast_1d(tof.to(u.s))
        )
        states = orbit.library("twobody.states")
        return states.RVState(state.attractor, (position[-1], velocity[-1]), state.plane)

    def propagate_many(self, state, tofs):
        """Positions and velocities (n, 3) at times of flight (n,), forward or backward, in any order."""
        from astropy import units as u

        vectors = state.to_vectors()
        r, v = (q.to_value(unit) for q, unit in zip(vectors.to_tuple(), (u.m, u.m / u.s), strict=True)) \
            if hasattr(vectors.to_tuple()[0], "unit") else (vectors.r.to_value(u.m), vectors.v.to_value(u.m / u.s))  # fmt: skip
        mu = self.mu if self.mu is not None else vectors.attractor.k.to_value(u.m**3 / u.s**2)
        times = np.atleast_1d(tofs.to_value(u.s)).astype(float)
        turn = self.orientation.from_gcrs
        start = np.concatenate([turn @ r, turn @ v])
        out = np.empty((len(times), 6))
        for sign in (1.0, -1.0):
            rows = np.flatnonzero(times >= 0 if sign > 0 else times < 0)
            if len(rows):
                out[rows] = self._carry(start, np.abs(times[rows]), sign, mu)
        return (out[:, :3] @ turn) << u.m, (out[:, 3:] @ turn) << (u.m / u.s)

    def _carry(self, start, times, sign, mu):
        """States (n, 6) at times >= 0, flown from one to the next; backward is forward in a mirrored time."""
        if sign < 0 and (self.drag or self.sun or self.moon):
            raise ValueError("backward in time only gravity of the Earth can be flown, not drag, Sun or Moon")
        world = self._world(mu, sign, float(times.max()))
        leg = Leg("propagate", row={"area": self.drag, "cd": 1.0}, tolerance=self.tolerance)
        y = np.zeros((1, 10))
        y[0, :3], y[0, 3:6], y[0, 6] = start[:3], sign * start[3:], 1.0
        t, out = 0.0, np.empty((len(times), 6))
        for i in np.argsort(times, kind="stable"):
            if times[i] > t:
                result = fly_leg(replace(leg, until=times[i]), world, y, np.array([t]))
                if result.failed()[0]:
                    raise FlightError(
                        f"the orbit cannot be flown to {times[i]} s: {KERNEL[int(result.ended[0])]}"
                    )
                y, t = result.y, times[i]
            out[i, :3], out[i, 3:] = y[0, :3], sign * y[0, 3:6]
        return out

    def _world(self, mu, sign, span) -> Environment:
        radius = self.field.radius if self.degree else constants.EQUATORIAL_RADIUS
        bodies = frames.sun_moon_table(self.orientation, 0.0, span) if self.sun or self.moon else None
        weights = (
            constants.GRAVITATIONAL_PARAMETER_SUN * self.sun,
            constants.GRAVITATIONAL_PARAMETER_MOON * self.moon,
        )
        return Environment(
            mu=mu, field_radius=radius, zonal=gravity.ZONAL[: self.zonal - 1] if self.zonal else (), degree=self.degree,
            order=self.order, harmonics=self.field if self.degree else None,
            rotation=sign * self.orientation.rotation_rate, bodies=bodies, body_mu=weights,
            air=atmosphere.us76() if self.drag else None,
        )  # fmt: skip
