"""Pictures and files of a footprint: where the flights come down on a map, how far off, and how hard."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trajectory.report import areas, convergence, maps, plots
from trajectory.report.labels import Labels
from trajectory.report.style import BLUE, FAINT, GREEN, INK, ORANGE, QUIET, RED, SEA, place, styled
from trajectory.report.track import flat

DRAWN = 20_000  # landings on the map, the first ones
COLOURS = (INK, ORANGE, "#CC79A7", "#7A4A9E", "#8A6D1B", "#56B4E9")  # of branches: none that an ellipse or a region has
# column of an ensemble: (label, factor to the unit shown)
SHOWN = {
    "target_distance_m": ("distance from the target, km", 1e-3),
    "load_factor_g": ("greatest load, g", 1.0),
    "heat_flux_w_m2": ("greatest heat flux, W/cm²", 1e-4),
    "heat_load_j_m2": ("heat load, MJ/m²", 1e-6),
    "vertical_speed_m_s": ("rate of descent at the ground, m/s", -1.0),
    "horizontal_speed_m_s": ("speed over the ground there, m/s", 1.0),
}


@dataclass(frozen=True)
class Around:
    """What a map shows besides the landings. Angles in rad."""

    title: str
    site: str = "target"
    zone: tuple[tuple[float, float], float] | None = None  # centre, radius (m)
    bases: dict[str, tuple[float, float]] = field(default_factory=dict)
    names: tuple[str, ...] = ()  # of the labels of the footprint's groups


def fill(folder, ensemble, linear: dict | None = None) -> None:
    """Every file of a footprint, into a folder."""
    found, around = ensemble.footprint(), around_of(ensemble)
    plots.save(footprint_map(found, around, linear), folder / "footprint.png")
    plots.save(convergence.figure(ensemble, around.title), folder / "convergence.png")
    plots.save(distributions(ensemble.columns, around.title), folder / "distributions.png")
    about = {"site": around.site, "zone": around.zone, "bases": around.bases, "names": around.names}
    areas.write_geojson(found, folder / "footprint.geojson", **about)
    areas.write_kml(found, folder / "footprint.kml", around.title, **about)
    table(ensemble, folder / "landings.csv")


def around_of(ensemble) -> Around:
    scenario, variants = ensemble.scenario, ensemble.plan.variants
    target, site = variants[0].case.target, scenario.site
    title, names = scenario.title or scenario.name, tuple(v.name or "as planned" for v in variants)
    if site is None or target is None:
        return Around(title, names=names)
    radius = None if site.zone_outline else site.zone_radius
    return Around(title, site.name or "target", None if radius is None else (target, radius.si),
                  {b.name: (b.latitude.si, b.longitude.si) for b in site.base}, names)  # fmt: skip


def footprint_map(found, around: Around, linear: dict | None = None):
    """A Figure: landings, ellipse, that of the linear theory, regions, target, zone, bases, towns and borders, true in distance
    from the middle."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    with styled():
        figure = Figure(figsize=(10, 8.4))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.03, 0.045, 0.70, 0.84))
        middle, half = _view(found, around)
        axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, xticks=[], yticks=[], aspect="equal")

        def at(latitude, longitude):
            return flat(np.degrees(longitude), np.degrees(latitude), middle)

        maps.outlined(axis, lambda lon, lat: flat(lon, lat, middle), near=middle)
        if around.zone is not None:
            x, y = at(*areas.circle(found, *around.zone).T)
            axis.fill(x, y, facecolor=GREEN, alpha=0.10, zorder=3)
            axis.plot(x, y, color=GREEN, linewidth=0.9, zorder=4, label=f"zone, {around.zone[1] / 1e3:g} km")
        for k, colour, name in _branches(found, around):
            mine = slice(None, DRAWN) if k is None else np.flatnonzero(found.groups == k)[:DRAWN]
            x, y = at(*found.geodetic(found.north[mine], found.east[mine]))
            size = 2.5 if len(found.north) > 3000 else 6.0
            axis.scatter(x, y, s=size, color=colour, alpha=0.35, linewidths=0, zorder=5, label=name, rasterized=True)
            if k is not None and found.parts[k] is not None and found.parts[k].semi_minor > 0.0:
                axis.plot(*at(*found.parts[k].ellipse().T), color=colour, linewidth=0.8, alpha=0.7, zorder=7,
                          label=f"its {100 * found.containment:g} % ellipse")  # fmt: skip
        for shade, region in zip((1.0, 0.7, 0.45), found.regions(), strict=True):
            if region is None:
                continue
            for rings in region.polygons:
                drawn = [np.stack(at(*found.geodetic(r[:, 1], r[:, 0])), axis=1) for r in rings]
                path = Path.make_compound_path(*(Path(r, closed=True) for r in drawn))
                axis.add_patch(PathPatch(path, fill=False, edgecolor=BLUE, alpha=shade, linewidth=1.1, zorder=6))
            axis.plot([], [], color=BLUE, alpha=shade, linewidth=1.1, label=f"densest, {100 * region.containment:g} %")
        if found.semi_minor > 0.0:
            name = f"{100 * found.containment:g} % ellipse"
            axis.plot(*at(*found.ellipse().T), color=RED, linewidth=1.4, zorder=7, label=name)
        if linear is not None:
            x, y = at(*_linear(found, linear).T)
            axis.plot(x, y, color=RED, linewidth=1.0, linestyle=(0, (2, 2)), zorder=7, label="the same, linear theory")
        labels = Labels(figure, axis, [])
        if found.target is not None:
            x, y = (float(v) for v in at(*found.target))
            axis.plot(x, y, "+", color=GREEN, markersize=13, markeredgewidth=2, zorder=8)
            labels.add(x, y, around.site, fontsize=9, color=GREEN)
        named = {n: (lat, lon, "s", INK) for n, lat, lon in maps.towns()}
        named |= {n: (*np.degrees(p), "^", BLUE) for n, p in around.bases.items()}
        for name, (latitude, longitude, mark, colour) in named.items():
            x, y = (float(v) for v in flat(longitude, latitude, middle))
            if abs(x) < half and abs(y) < half:
                axis.plot(x, y, mark, color=colour, markersize=5, zorder=8)
                labels.add(x, y, name, fontsize=8, color=colour)
        _scale(axis, half)
        axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, fontsize=8, markerscale=3)
        _beside(figure, found, around)
        figure.text(0.03, 0.952, f"{around.title}: where it lands", fontsize=14, fontweight="bold", va="center")
        figure.text(0.03, 0.917, f"{found.points:,} landings, centre {place(*np.degrees(found.center))}", fontsize=9.5,
                    color=QUIET, va="center")  # fmt: skip
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


def _linear(found, linear: dict) -> np.ndarray:
    """(n, 2) latitude and longitude (rad) of the ellipse of the linear theory."""
    north, east = found.plane(*np.radians(linear["center"]))
    turn, a = np.linspace(0.0, 2.0 * np.pi, 181), np.radians(linear["azimuth_deg"])
    x, y = linear["semi_major_m"] * np.cos(turn), linear["semi_minor_m"] * np.sin(turn)
    return np.stack(found.geodetic(north + x * np.cos(a) - y * np.sin(a), east + x * np.sin(a) + y * np.cos(a)), axis=1)


def _branches(found, around: Around):
    """(label, colour, name) of what is coloured alone; the label None for all."""
    if found.groups is None:
        yield None, INK, "landings"
        return
    for i, k in enumerate(found.parts):
        name = around.names[k].replace("_", " ") if k < len(around.names) else f"branch {k}"
        yield k, COLOURS[i % len(COLOURS)], name


def _view(found, around: Around):
    """((longitude, latitude) of the middle, half the side in km) of a map of nearly all landings, ellipse, target, zone."""
    x, y = (np.quantile(v, [0.001, 0.999]) for v in (found.east, found.north))
    if found.semi_minor > 0.0 and found.semi_major < 3.0 * max(np.ptp(x), np.ptp(y)):
        north, east = found.plane(*found.ellipse(36).T)
        x, y = np.append(x, east), np.append(y, north)
    if found.target is not None:
        north, east = found.plane(*found.target)
        x, y = np.append(x, east), np.append(y, north)
        if around.zone is not None and around.zone[1] < 3.0 * max(np.ptp(x), np.ptp(y)):
            rim = around.zone[1] * np.array([-1.0, 1.0])
            x, y = np.append(x, east + rim), np.append(y, north + rim)
    middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
    half = max(1.15 * max(np.ptp(x), np.ptp(y)) / 2, 1000.0)
    latitude, longitude = np.degrees(found.geodetic(middle[1], middle[0]))
    return (float(longitude), float(latitude)), float(half) / 1e3


def _scale(axis, half: float) -> None:
    step = next((s for s in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if half / s < 5), 2000)
    x, y = -0.94 * half, -0.93 * half
    axis.plot([x, x + step], [y, y], color=INK, linewidth=2, solid_capstyle="butt", zorder=9)
    axis.text(x + step / 2, y + 0.02 * half, f"{step:g} km", ha="center", va="bottom", fontsize=8, zorder=9)


def _beside(figure, found, around: Around) -> None:
    """The figures of the footprint, to the right of the map."""
    lines = [f"ellipse, semi-axes  {found.semi_major / 1e3:.1f} x {found.semi_minor / 1e3:.1f} km",
             f"   longer axis to  {np.degrees(found.azimuth):.0f}°",
             f"   holds  {100 * found.inside.value:.2f} % of these", ""]  # fmt: skip
    lines.append(f"radii about the {found.about}, km")
    for name, r in found.radii.items():
        low, high = ("?" if x is None else f"{x / 1e3:.2f}" for x in (r.low, r.high))
        lines.append(f"   {name[1:3]}{'.' + name[3:] if len(name) > 3 else ''} %  {r.value / 1e3:.2f}   ({low} to {high})")
    short = [r.needed for r in found.radii.values() if r.high is None]
    if short:
        lines.append(f"   ?: {max(short):,} landings are needed")
    if around.zone is not None:
        held = found.within(*around.zone)
        lines += ["", f"in the zone  {100 * held.value:.2f} %", f"   ({100 * held.low:.2f} to {100 * held.high:.2f} %)"]
    if found.along is not None:
        lines += ["", "along, across the track, km"]
        lines += [f"   mean  {found.along[0] / 1e3:.2f}, {found.across[0] / 1e3:.2f}",
                  f"   sigma  {found.along[1] / 1e3:.2f}, {found.across[1] / 1e3:.2f}"]  # fmt: skip
    lines += ["", "intervals hold with 95 %"]
    figure.text(0.745, 0.56, "\n".join(lines), fontsize=8, va="top", linespacing=1.5, color=INK)


def distributions(columns, title: str):
    """A Figure: miss, load, heat and speeds of the flights as histograms, with median and 95 and 99 % in words."""
    from matplotlib.figure import Figure

    held = {name: columns[name][np.isfinite(columns[name])] * SHOWN[name][1] for name in SHOWN if name in columns}
    held = {name: x for name, x in held.items() if len(x) > 1 and np.ptp(x) > 0.0}
    with styled():
        two = len(held) > 3
        figure = Figure(figsize=(11, 6.6 if two else 3.9))
        grid = figure.subplots(
            1 + two, 3, gridspec_kw={"left": 0.05, "right": 0.98, "bottom": 0.09 if two else 0.15, "top": 0.86 if two else 0.77,
                                     "wspace": 0.18, "hspace": 0.38}
        )  # fmt: skip
        for axis, (name, x) in zip(grid.flat, held.items(), strict=False):
            low, median, p95, p99, high = np.quantile(x, [0.0005, 0.5, 0.95, 0.99, 0.9995])
            axis.hist(x, bins=np.linspace(low, high, int(np.clip(np.sqrt(len(x)), 10, 80)) + 1), color=BLUE, alpha=0.8)
            for value, style in ((median, "-"), (p95, "--"), (p99, ":")):
                axis.axvline(value, color=RED, linestyle=style, linewidth=1.1)
            axis.set_xlabel(SHOWN[name][0])
            axis.set_title(f"{median:.4g},  95 % {p95:.4g},  99 % {p99:.4g}", fontsize=8, color=QUIET, loc="right")
            axis.grid(axis="x", color=FAINT)
            axis.set_yticks([])
            axis.spines["left"].set_visible(False)
        for axis in grid.flat[len(held) :]:
            axis.set_visible(False)
        figure.text(0.05, 0.953, f"{title}: how far off, how hard", fontsize=14, fontweight="bold", va="center")
        figure.text(0.05, 0.915, "red: median, 95 % (broken), 99 % (dotted)", fontsize=9, color=QUIET, va="center")
    return figure


def table(ensemble, path) -> None:
    """The flights as CSV: sample, outcome, branch, place, time, loads."""
    columns = ensemble.columns
    names = [c for c in columns if c not in ("outcome", "branch")]
    outcome, branch = ensemble.outcome, [v.name for v in ensemble.plan.variants]
    held = [columns[c] for c in names]
    with open(path, "w", encoding="utf-8") as file:
        file.write("sample,outcome,branch," + ",".join(names) + "\n")
        for i in range(len(outcome)):
            numbers = ",".join("" if np.isnan(x[i]) else f"{x[i]:.9g}" for x in held)
            file.write(f"{i},{outcome[i]},{branch[columns['branch'][i]]},{numbers}\n")
