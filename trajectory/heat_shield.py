"""What an entry does to a heat shield: conduction through its layers and recession of the first, in one dimension.

    rho c dT/dt = d/dx(k dT/dx)                                           in each layer, constant properties
    psi q_conv (1 - h_w/h_r) + q_rad - e sigma T_w^4 = q_cond + rho s' Q  at the front; s' > 0 only at T_w = T_ablation
    psi = ln(1 + 2 l B)/(2 l B),   B = rho s' (h_r - h_w)/q_conv          blocking by the film (Kays, Crawford & Weigand 2005)

The first layer is divided in cells that shrink with it (Landau 1950, Q. Appl. Math. 8, 81): its front recedes smoothly. Finite
volumes on cells that move with the mesh, backward Euler: what goes in is what is stored, radiated, removed, to rounding. The
back is adiabatic. Not in it: pyrolysis in depth, char of its own properties, pressure, sideways conduction, mechanical loss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg.lapack import dgtsv

from trajectory.heating import STEFAN_BOLTZMANN
from trajectory.material import Material

AIR_HEAT = 1004.7  # J/(kg K), of air at the wall, 3.5 R: its dissociation below 2000 K is small
THINNEST = 0.02  # of its first thickness: a layer thinner than that is gone, and the flight of the shield ends


@dataclass(frozen=True)
class Layer:
    material: Material
    thickness: float  # m


@dataclass(frozen=True)
class Heat:
    """What arrives at the cold wall: (n,) each, at times s. recovery: enthalpy h_r of the flow, J/kg; inf for no correction."""

    t: np.ndarray
    convective: np.ndarray  # W/m2
    radiative: np.ndarray  # W/m2
    recovery: np.ndarray


@dataclass(frozen=True, eq=False)
class Response:
    """History of a shield: (n,) each; and the sums of its energy, J/m2."""

    t: np.ndarray
    surface: np.ndarray  # K
    bond: np.ndarray  # K, where the first layer meets the second; the back where there is one layer
    back: np.ndarray  # K
    recession: np.ndarray  # m
    burnt_through: float | None  # s, when the first layer was gone
    depth: np.ndarray  # (n_cell,) m from the first front, at the end
    temperature: np.ndarray  # (n_cell,) K, at the end
    received: float  # at the front, less what was radiated back
    stored: float
    removed: float  # with what left: its heat, and that of its ablation

    @property
    def imbalance(self) -> float:
        """What is received and neither stored nor removed, over what is received."""
        return (self.received - self.stored - self.removed) / max(abs(self.received), 1e-300)


@dataclass(frozen=True, eq=False)
class _Grid:
    """Cells of all layers: their share of the layer's thickness never changes, in the first the thickness does."""

    first: int  # cells of the first layer
    share: np.ndarray  # (first + 1,) edges of the first layer over its thickness
    width: np.ndarray  # (n,) m at the start
    rho_c: np.ndarray  # (n,) J/(m3 K)
    k: np.ndarray  # (n,) W/(m K)


def _grid(layers: tuple[Layer, ...], cells: int) -> _Grid:
    """The first layer's cells grow from the front, where the gradient is, to its back by 20 to 1; the others are even."""
    growth = 20.0 ** (1.0 / max(cells - 1, 1))
    widths = growth ** np.arange(cells)
    share = np.concatenate([[0.0], np.cumsum(widths) / widths.sum()])
    width = [layers[0].thickness * np.diff(share)]
    counts = [cells]
    for layer in layers[1:]:
        counts.append(max(3, cells // 5))
        width.append(np.full(counts[-1], layer.thickness / counts[-1]))
    of = [layer.material for layer in layers]
    rho_c = np.repeat([m.density * m.specific_heat for m in of], counts)
    return _Grid(cells, share, np.concatenate(width), rho_c, np.repeat([m.conductivity for m in of], counts))


class _Step:
    """One step of the interior of m shields: what their temperatures are for those of the surfaces and for the recessions."""

    def __init__(self, grid: _Grid, width, temperature, dt, reference: float):
        """width, temperature: (m, n) as the step begins; dt: (m,) s; reference: K, from which temperatures are counted."""
        self.grid, self.width, self.old, self.dt, self.reference = grid, width, temperature, dt, reference

    def widths(self, ds) -> np.ndarray:
        """(m, n) m after a recession (m,)."""
        new = self.width.copy()
        new[:, : self.grid.first] -= ds[:, None] * np.diff(self.grid.share)
        return new

    def solve(self, ds) -> _Inside:
        """The interior as the step ends, with a recession (m,), m."""
        g, dt, ds = self.grid, self.dt[:, None], np.asarray(ds)[:, None]
        width = self.widths(ds[:, 0])
        half = 0.5 * width / g.k
        inner = dt / (half[:, :-1] + half[:, 1:])  # conductance between neighbours, times the step, J/(m2 K)
        front = 1.0 / half[:, 0]
        lower, upper = np.zeros_like(width), np.zeros_like(width)  # of row j: to j - 1, to j + 1
        diagonal = g.rho_c * width
        diagonal[:, :-1] += inner
        diagonal[:, 1:] += inner
        diagonal[:, 0] += self.dt * front
        lower[:, 1:], upper[:, :-1] = -inner, -inner
        if ds.any():  # edges move into the material: the heat they pass goes from cell to cell, at the mean of the two
            n, passed = g.first - 1, 0.5 * g.rho_c[0] * ds * (1.0 - g.share[1:-1])
            diagonal[:, :n] -= passed
            upper[:, :n] -= passed
            diagonal[:, 1 : n + 1] += passed
            lower[:, 1 : n + 1] += passed
        right = np.zeros((width.size, 2), order="F")
        right[:, 0] = (g.rho_c * self.width * (self.old - self.reference)).ravel()
        right[:: width.shape[1], 1] = self.dt * front - g.rho_c[0] * ds[:, 0]
        # One system for all: where two shields meet the band holds zeros, so that each is solved as if it were alone.
        both = dgtsv(lower.ravel()[1:], diagonal.ravel(), upper.ravel()[:-1], right, 1, 1, 1, 1)[3]
        return _Inside(*both.T.reshape(2, *width.shape), front, width, self.reference)


@dataclass(frozen=True, eq=False)
class _Inside:
    """Temperatures of m shields as a step ends. They are linear in that of the surface: rest + response (surface - reference),
    counted from the reference."""

    rest: np.ndarray  # (m, n) K
    response: np.ndarray  # (m, n)
    front: np.ndarray  # (m,) W/(m2 K), from the surface to the middle of the first cell
    width: np.ndarray  # (m, n) m
    reference: float  # K

    def temperature(self, surface) -> np.ndarray:
        """(m, n) K, of surfaces (m,), K."""
        return self.reference + self.rest + self.response * (surface - self.reference)[:, None]

    def conducted(self, surface) -> np.ndarray:
        """(m,) W/m2 from the surface into the first cell."""
        return self.front * (surface - self.temperature(surface)[:, 0])

    @property
    def conduction(self) -> tuple[np.ndarray, np.ndarray]:
        """(m,) W/m2 and (m,) W/(m2 K): what is conducted is the first and the second times the temperature of the surface."""
        slope = self.front * (1.0 - self.response[:, 0])
        return -self.front * self.rest[:, 0] - slope * self.reference, slope


@dataclass(frozen=True, eq=False)
class _Front:
    """The surfaces during one step: what arrives there, and the temperature or recession that balances it."""

    material: Material
    convective: np.ndarray  # (m,) W/m2
    radiative: np.ndarray  # (m,) W/m2
    recovery: np.ndarray  # (m,) J/kg
    emissivity: float
    surroundings: float  # K

    def of(self, which) -> _Front:
        """Of some of the shields."""
        arriving = {k: getattr(self, k)[which] for k in ("convective", "radiative", "recovery")}
        return replace(self, **arriving)

    def net(self, wall: float, rate) -> np.ndarray:
        """(m,) W/m2 that the fronts take at a temperature of the wall, K, and a loss of mass (m,), kg/(m2 s)."""
        warm = AIR_HEAT * wall
        q, film = self.convective * np.maximum(0.0, 1.0 - warm / np.maximum(self.recovery, 1.0)), 1.0
        if self.material.blowing > 0.0:
            blown = np.isfinite(self.recovery) & (rate > 0.0) & (q > 0.0)
            b = np.where(blown, 2.0 * self.material.blowing * rate * (self.recovery - warm), 1.0) / np.where(blown, q, 1.0)
            film = np.where(blown, np.log1p(b) / b, 1.0)
        return film * q + self.radiative - self.emissivity * STEFAN_BOLTZMANN * (wall**4 - self.surroundings**4)

    def unworn(self, inside: _Inside) -> np.ndarray:
        """(m,) K of the surfaces that lose nothing: there what is conducted is what they take. A wall that is warmer than the
        flow is convected no heat, one that is colder as much as it is colder."""
        base, slope = inside.conduction
        a, warmest = self.emissivity * STEFAN_BOLTZMANN, np.maximum(self.recovery, 1.0) / AIR_HEAT
        given = self.radiative + a * self.surroundings**4 - base
        b, c = slope + self.convective / warmest, given + self.convective
        with np.errstate(invalid="ignore"):  # a flow that is warmer than any wall
            colder = ~(a * warmest**4 + b * warmest < c)
        return _quartic(a, np.where(colder, b, slope), np.where(colder, c, given))

    def balanced(self, step: _Step, room) -> tuple[np.ndarray, np.ndarray, _Inside]:
        """(temperatures of the surfaces (m,), K; recessions in the step (m,), m, of no more than `room` (m,); the interior)."""
        inside = step.solve(np.zeros_like(room))
        surface, ds = self.unworn(inside), np.zeros_like(room)
        limit = self.material.ablation_temperature
        worn = np.flatnonzero(surface > limit) if self.material.ablates else ()
        if not len(worn):
            return surface, ds, inside
        some, front = _Step(step.grid, step.width[worn], step.old[worn], step.dt[worn], step.reference), self.of(worn)
        wall, per_metre = np.full(len(worn), limit), self.material.density / some.dt

        def left(x):
            rate = per_metre * x
            return front.net(limit, rate) - some.solve(x).conducted(wall) - rate * self.material.heat_of_ablation

        surface[worn], ds[worn] = limit, _falling(left, np.zeros(len(worn)), room[worn])
        return surface, ds, step.solve(ds)


def respond(layers: tuple[Layer, ...], heat: Heat, start: float = 293.0, cells: int = 60, longest: float = 1.0,
            radiates: bool = True, surroundings: float = 0.0) -> Response:  # fmt: skip
    """The history of a shield under a heat that is given.

    layers: from the front; only the first may ablate. start: K, everywhere. cells: in the first layer. longest: s, of a step;
    the times of `heat` are always met. surroundings: K, that the front radiates to. ValueError for layers or times that make
    no sense.
    """
    return respond_all(layers, [heat], start, cells, longest, radiates, surroundings)[0]


def respond_all(layers: tuple[Layer, ...], heats, start: float = 293.0, cells: int = 60, longest: float = 1.0,
                radiates: bool = True, surroundings: float = 0.0) -> list[Response]:  # fmt: skip
    """`respond` of shields that are alike, each under its own heat: to the bit what each gives alone, all in one system."""
    if not layers or any(layer.thickness <= 0.0 for layer in layers):
        raise ValueError("a shield has one layer or more, each thicker than 0")
    if any(len(heat.t) < 2 or np.any(np.diff(heat.t) <= 0.0) for heat in heats):
        raise ValueError("the heat needs two times or more, rising")
    grid, outer, thickness = _grid(tuple(layers), cells), layers[0].material, layers[0].thickness
    emissivity, least = outer.emissivity if radiates else 0.0, THINNEST * thickness
    times = [_times(heat.t, longest) for heat in heats]
    m, last = len(times), np.array([len(t) - 1 for t in times])
    t = np.array([np.pad(x, (0, last.max() + 1 - len(x)), "edge") for x in times])
    arriving = [np.array([np.interp(row, h.t, x) for row, h, x in zip(t, heats, of, strict=True)])
                for of in zip(*((h.convective, h.radiative, h.recovery) for h in heats), strict=True)]  # fmt: skip
    width, temperature = np.tile(grid.width, (m, 1)), np.full((m, len(grid.width)), float(start))
    gone, received, removed = np.zeros((3, m))
    track = np.zeros((m, last.max() + 1, 4))
    track[:, 0, :3] = start
    lives = np.ones(m, dtype=bool)
    for i in range(1, last.max() + 1):
        on = np.flatnonzero(lives & (i <= last))
        if not len(on):
            break
        step = _Step(grid, width[on], temperature[on], t[on, i] - t[on, i - 1], start)
        front = _Front(outer, *(x[on, i] for x in arriving), emissivity, surroundings)
        surface, ds, inside = front.balanced(step, room=thickness - gone[on] - 0.5 * least)
        width[on], temperature[on] = inside.width, inside.temperature(surface)
        gone[on] += ds
        spent = outer.density * ds * (outer.heat_of_ablation or 0.0)
        received[on] += step.dt * inside.conducted(surface) + spent
        removed[on] += spent + outer.density * ds * outer.specific_heat * (surface - start)
        track[on, i] = np.stack([surface, _interface(grid, width[on], temperature[on]), temperature[on, -1], gone[on]], axis=1)
        over = on[thickness - gone[on] < least]
        lives[over], last[over] = False, i
    stored = [float(np.sum(grid.rho_c * w * (x - start))) for w, x in zip(width, temperature, strict=True)]
    return [_response(t[k], track[k, : last[k] + 1], None if lives[k] else float(t[k, last[k]]), width[k], temperature[k],
                      received=float(received[k]), stored=stored[k], removed=float(removed[k])) for k in range(m)]  # fmt: skip


def _response(t, track, burnt_through, width, temperature, **energies) -> Response:
    surface, bond, back, recession = track.T
    edges = recession[-1] + np.concatenate([[0.0], np.cumsum(width)])
    return Response(t=t[: len(track)], surface=surface, bond=bond, back=back, recession=recession, burnt_through=burnt_through,
                    depth=0.5 * (edges[:-1] + edges[1:]), temperature=temperature, **energies)  # fmt: skip


def _quartic(a: float, b, c) -> np.ndarray:
    """(m,) x above 0 of a x^4 + b x = c; b and c (m,) above 0. The left side is convex: Newton's steps come down to x from a
    bound above it that is 1.38 x at most, and seven of them reach the rounding."""
    with np.errstate(divide="ignore"):
        x = np.minimum(c / b, np.sqrt(np.sqrt(c / a)) if a > 0.0 else np.inf)
    for _ in range(7):
        cube = x * x * x
        x = x - (a * cube * x + b * x - c) / (4.0 * a * cube + b)
    return x


def _falling(f, low, high, tolerance: float = 1e-15) -> np.ndarray:
    """(m,) where a falling function of (m,) is 0, between low, where it is above 0, and high; high where it still is above 0
    there. Regula falsi of Dowell & Jarratt 1971, BIT 11, 168 (Illinois); each root stands still once it is known, so that it
    does not depend on the others."""
    f_low, f_high = f(low), f(high)
    root = high.copy()
    open_ = f_high < 0.0
    side = np.zeros(len(low))
    for _ in range(100):
        if not open_.any():
            break
        x = np.where(open_, (low * f_high - high * f_low) / np.where(open_, f_high - f_low, 1.0), high)
        here = f(x)
        done = open_ & ((here == 0.0) | (np.abs(x - root) <= tolerance) | (high - low <= tolerance))
        root = np.where(open_, x, root)
        above = here > 0.0
        now = np.where(above, 1.0, -1.0)
        again = now == side  # the same end moves twice: the other counts half
        f_high = np.where(above, np.where(again, 0.5 * f_high, f_high), here)
        f_low = np.where(above, here, np.where(again, 0.5 * f_low, f_low))
        low, high, side = np.where(above, x, low), np.where(above, high, x), now
        open_ &= ~done
    return root


def _times(t: np.ndarray, longest: float) -> np.ndarray:
    """The times given and, between them, steps no longer than that."""
    counts = np.maximum(1, np.ceil(np.diff(t) / longest)).astype(int)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.append(np.repeat(t[:-1], counts) + place * np.repeat(np.diff(t) / counts, counts), t[-1])


def _interface(grid: _Grid, width, temperature) -> np.ndarray:
    """(m,) K where the first layer meets the second, from the heat that passes; the back of a single layer."""
    n = grid.first
    if n == width.shape[1]:
        return temperature[:, -1]
    a, b = 2.0 * grid.k[n - 1] / width[:, n - 1], 2.0 * grid.k[n] / width[:, n]
    return (a * temperature[:, n - 1] + b * temperature[:, n]) / (a + b)


def thinned(layers: tuple[Layer, ...], thickness: float | None = None, by: float = 0.0) -> tuple[Layer, ...]:
    """The layers with the first of another thickness, m, or less by some m. ValueError if nothing is left of it."""
    left = (layers[0].thickness if thickness is None else thickness) - by
    if left <= 0.0:
        raise ValueError(f"nothing is left of the first layer of {layers[0].thickness:g} m")
    return (replace(layers[0], thickness=left), *layers[1:])


def bare(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The layers at a hole: without the ablator and its adhesive, the structure alone. ValueError if there is none."""
    rest = tuple(layer for layer in layers[1:] if layer.material.melting_point is not None)
    if not rest:
        raise ValueError("no structure lies under the first layer")
    return rest


def semi_infinite(flux: float, conductivity: float, diffusivity: float, t: float, depth):
    """Rise, K, of a semi-infinite solid under a constant flux, W/m2. Carslaw & Jaeger 1959, section 2.9, eq. (8)."""
    from scipy.special import erfc

    reach, depth = np.sqrt(diffusivity * t), np.asarray(depth, float)
    bell = reach / np.sqrt(np.pi) * np.exp(-((depth / (2 * reach)) ** 2))
    return 2 * flux / conductivity * (bell - 0.5 * depth * erfc(depth / (2 * reach)))


def steady_recession(flux: float, material: Material, start: float) -> float:
    """Rate, m/s, at which a thick layer recedes for ever under a net flux, W/m2, at its front. Landau 1950, eq. (14)."""
    warm = material.specific_heat * (material.ablation_temperature - start)
    return flux / (material.density * (material.heat_of_ablation + warm))
