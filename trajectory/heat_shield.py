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
from scipy.optimize import brentq

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
    """One step of the interior: its temperatures for a temperature of the surface and a recession in the step."""

    def __init__(self, grid: _Grid, width, temperature, dt, reference):
        self.grid, self.width, self.old, self.dt, self.reference = grid, width, temperature, dt, reference

    def widths(self, ds: float) -> np.ndarray:
        new = self.width.copy()
        new[: self.grid.first] -= ds * np.diff(self.grid.share)
        return new

    def solve(self, surface: float, ds: float):
        """(temperatures (n,), heat conducted from the surface into the first cell, W/m2)."""
        g, dt = self.grid, self.dt
        width = self.widths(ds)
        half = 0.5 * width / g.k
        inner = 1.0 / (half[:-1] + half[1:])  # conductance between neighbours, W/(m2 K)
        front = 1.0 / half[0]
        capacity, before = g.rho_c * width, g.rho_c * self.width
        diagonal = capacity.copy()
        diagonal[:-1] += dt * inner
        diagonal[1:] += dt * inner
        diagonal[0] += dt * front
        lower, upper = -dt * inner, -dt * inner
        right = before * (self.old - self.reference)
        right[0] += dt * front * (surface - self.reference)
        if ds > 0.0:  # edges move into the material: the heat they pass goes from cell to cell, at the mean of the two
            passed = 0.5 * g.rho_c[0] * ds * (1.0 - g.share[1:-1])
            n = g.first - 1
            diagonal[:n] -= passed
            upper = upper.copy()
            upper[:n] -= passed
            diagonal[1 : n + 1] += passed
            lower = lower.copy()
            lower[:n] += passed
            right[0] -= g.rho_c[0] * ds * (surface - self.reference)
        temperature = dgtsv(lower, diagonal, upper, right)[3] + self.reference
        return temperature, front * (surface - temperature[0])


@dataclass(frozen=True)
class _Front:
    """The surface during one step: what arrives there, and the temperature or recession that balances it."""

    material: Material
    convective: float  # W/m2
    radiative: float  # W/m2
    recovery: float  # J/kg
    emissivity: float
    surroundings: float  # K

    def net(self, wall: float, rate: float) -> float:
        """Heat that the front takes, W/m2, at a temperature of the wall, K, that loses mass at a rate, kg/(m2 s)."""
        q, film = self.convective, 1.0
        if np.isfinite(self.recovery):
            warm = AIR_HEAT * wall
            q = q * max(0.0, 1.0 - warm / max(self.recovery, 1.0))
            if self.material.blowing > 0.0 and rate > 0.0 and q > 0.0:
                b = 2.0 * self.material.blowing * rate * (self.recovery - warm) / q
                film = np.log1p(b) / b
        return film * q + self.radiative - self.emissivity * STEFAN_BOLTZMANN * (wall**4 - self.surroundings**4)

    def balanced(self, step: _Step, room: float) -> tuple[float, float]:
        """(temperature of the surface, K; recession in the step, m, of no more than `room`)."""
        base = step.solve(0.0, 0.0)[1]  # what is conducted is linear in the surface's temperature
        slope = (step.solve(1000.0, 0.0)[1] - base) / 1000.0
        surface = _root(lambda wall: self.net(wall, 0.0) - base - slope * wall, 2.0, 20000.0)
        if not self.material.ablates or surface <= self.material.ablation_temperature:
            return surface, 0.0
        limit, per_metre = self.material.ablation_temperature, self.material.density / step.dt

        def left(ds):
            rate = per_metre * ds
            return self.net(limit, rate) - step.solve(limit, ds)[1] - rate * self.material.heat_of_ablation

        return limit, _root(left, 0.0, room) if left(room) < 0.0 else room


def respond(
    layers: tuple[Layer, ...],
    heat: Heat,
    start: float = 293.0,
    cells: int = 60,
    longest: float = 1.0,
    radiates: bool = True,
    surroundings: float = 0.0,
) -> Response:
    """The history of a shield under a heat that is given.

    layers: from the front; only the first may ablate. start: K, everywhere. cells: in the first layer. longest: s, of a step;
    the times of `heat` are always met. surroundings: K, that the front radiates to. ValueError for layers or times that make
    no sense.
    """
    if not layers or any(layer.thickness <= 0.0 for layer in layers):
        raise ValueError("a shield has one layer or more, each thicker than 0")
    if len(heat.t) < 2 or np.any(np.diff(heat.t) <= 0.0):
        raise ValueError("the heat needs two times or more, rising")
    grid, outer = _grid(tuple(layers), cells), layers[0].material
    t = _times(heat.t, longest)
    arriving = [np.interp(t, heat.t, x) for x in (heat.convective, heat.radiative, heat.recovery)]
    emissivity = outer.emissivity if radiates else 0.0
    least = THINNEST * layers[0].thickness
    width, temperature = grid.width.copy(), np.full(len(grid.width), float(start))
    gone, over, received, removed = 0.0, None, 0.0, 0.0
    track = [(float(start),) * 3 + (0.0,)]
    for i in range(1, len(t)):
        dt = t[i] - t[i - 1]
        step = _Step(grid, width, temperature, dt, start)
        front = _Front(outer, *(x[i] for x in arriving), emissivity, surroundings)
        surface, ds = front.balanced(step, room=np.sum(width[: grid.first]) - 0.5 * least)
        temperature, into = step.solve(surface, ds)
        width = step.widths(ds)
        gone += ds
        spent = outer.density * ds * (outer.heat_of_ablation or 0.0)
        received += dt * into + spent
        removed += spent + outer.density * ds * outer.specific_heat * (surface - start)
        track.append((surface, _interface(grid, width, temperature), temperature[-1], gone))
        if np.sum(width[: grid.first]) < least:
            over = float(t[i])
            break
    surfaces, bonds, backs, recession = np.array(track).T
    edges = gone + np.concatenate([[0.0], np.cumsum(width)])
    return Response(
        t=t[: len(track)], surface=surfaces, bond=bonds, back=backs, recession=recession, burnt_through=over,
        depth=0.5 * (edges[:-1] + edges[1:]), temperature=temperature, received=received,
        stored=float(np.sum(grid.rho_c * width * (temperature - start))), removed=removed,
    )  # fmt: skip


def _root(f, low: float, high: float) -> float:
    return brentq(f, low, high, xtol=1e-15 * max(1.0, high), rtol=8.9e-16)


def _times(t: np.ndarray, longest: float) -> np.ndarray:
    """The times given and, between them, steps no longer than that."""
    counts = np.maximum(1, np.ceil(np.diff(t) / longest)).astype(int)
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(t[:-1], t[1:], counts, strict=True)]
    return np.concatenate([*pieces, t[-1:]])


def _interface(grid: _Grid, width, temperature) -> float:
    """Temperature where the first layer meets the second, from the heat that passes; the back of a single layer."""
    n = grid.first
    if n == len(width):
        return float(temperature[-1])
    a, b = 2.0 * grid.k[n - 1] / width[n - 1], 2.0 * grid.k[n] / width[n]
    return float((a * temperature[n - 1] + b * temperature[n]) / (a + b))


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
