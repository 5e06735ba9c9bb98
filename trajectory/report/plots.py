"""A flight against time, and its entry against altitude."""

from pathlib import Path

import numpy as np

from trajectory.report.style import BLUE, FAINT, INK, ORANGE, QUIET, RED, caption, label, styled, title

# of the history: label, factor to the unit shown, colour
ROWS = {
    "altitude": ("altitude, km", 1e-3, INK),
    "speed": ("speed, km/s", 1e-3, BLUE),
    "load_factor": ("load factor, g", 1.0, RED),
    "heat_flux": ("heat flux, W/cm²", 1e-4, ORANGE),
}
AFTER_CANOPY = 90.0  # s shown after the last canopy has opened
ROUNDING = 1e-3  # s, of the times of events
QUIET_EVENTS = (
    "pilot_deploy",
    "drogue_deploy",
    "main_disreef",
    "soft_landing",
)  # too close to others to label


UNDATED = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None, "Creator": None}}


def save(figure, path) -> None:
    """Write a picture, PNG, SVG or PDF by its name, whole or not at all; the same figure gives the same bytes. Raises
    FolderError where it cannot be written."""
    from trajectory.report.folder import FolderError

    path = Path(path)
    kind = path.suffix.lstrip(".").lower()
    if kind not in UNDATED:
        raise FolderError(f"cannot write the picture {path}: its name must end in {', '.join(f'.{k}' for k in UNDATED)}")
    new = path.with_name(f".{path.name}.new")
    try:
        with styled():
            figure.savefig(new, format=kind, dpi=150, metadata=UNDATED[kind])
        new.replace(path)
    except OSError as problem:
        raise FolderError(f"cannot write the picture {path}: {problem.strerror or problem}") from problem
    finally:
        new.unlink(missing_ok=True)


def has_entry(flight) -> bool:
    """Whether the flight met air that it felt."""
    return bool(np.nanmax(flight.history["load_factor"].values) > 0.2) and _window(flight) is not None


def _window(flight) -> tuple[float, float] | None:
    """Elapsed seconds from just before the entry to the open canopy, or None without an entry."""
    t, h = flight.history["elapsed_s"].values, flight.history["altitude"].values
    below = np.flatnonzero(h < 125e3)
    if not len(below) or h[0] < 30e3:
        return None
    start = t[below[0]]
    start = max([start] + [e["elapsed_s"] - 40.0 for e in flight.events if e["name"] == "entry_interface"])
    canopies = [
        e["elapsed_s"]
        for e in flight.events
        if e["name"] in ("main_deploy", "main_disreef", "reserve_deploy")
    ]
    return start, min(t[-1], canopies[-1] + AFTER_CANOPY) if canopies else t[-1]


def timeline(flight):
    """A Figure: altitude, speed, load and heat flux against time; the whole flight and, larger, its entry."""
    from matplotlib.figure import Figure

    window = _window(flight)
    t = flight.history["elapsed_s"].values
    both = window is not None and window[1] - window[0] < 0.7 * (t[-1] - t[0])
    with styled():
        figure = Figure(figsize=(12, 8.6))
        grid = figure.subplots(
            len(ROWS),
            1 + both,
            squeeze=False,
            width_ratios=[1, 2.3] if both else [1],
            gridspec_kw={
                "left": 0.065,
                "right": 0.975,
                "bottom": 0.075,
                "top": 0.8,
                "hspace": 0.12,
                "wspace": 0.13,
            },
        )
        ignited = any(e["name"] == "deorbit_ignition" and e["elapsed_s"] == 0 for e in flight.events)
        since = "minutes since ignition" if ignited else "minutes since the epoch"
        for column, span in enumerate([(t[0], t[-1]), window] if both else [(t[0], t[-1])]):
            detail = column == 1 or not both
            axes = grid[:, column]
            _column(flight, axes, span, detail)
            axes[-1].set_xlabel(since)
            heads = _labelled(flight, span, detail, window if both else None)
            _heads(figure, axes[0], heads)
            for axis in axes:
                for e in heads:
                    axis.axvline(
                        e["elapsed_s"] / 60, color=QUIET, linewidth=0.5, linestyle=(0, (3, 3)), zorder=1
                    )
                if both and not detail:
                    axis.axvspan(
                        window[0] / 60, window[1] / 60, color=FAINT, alpha=0.55, linewidth=0, zorder=0
                    )
                    axis.yaxis.set_label_coords(-0.155, 0.5)
        if both:
            grid[0, 0].text(
                0.985,
                0.9,
                "shaded: shown on the right",
                transform=grid[0, 0].transAxes,
                fontsize=7.5,
                color=QUIET,
                ha="right",
            )
        head(figure, flight)
    return figure


def head(figure, flight, height: float = 6.2) -> None:
    """Title and what became of the flight, above the panels. height: inches of the figure."""
    figure.text(0.02, 1.0 - 0.217 / height, title(flight), fontsize=14, fontweight="bold", va="center")
    figure.text(0.02, 1.0 - 0.409 / height, caption(flight), fontsize=9.5, color=QUIET, va="center")


def _column(flight, axes, span, detail: bool) -> None:
    history = flight.history
    t = history["elapsed_s"].values
    shown = (t >= span[0]) & (t <= span[1])
    for axis, (name, (text, factor, colour)) in zip(axes, ROWS.items(), strict=True):
        x, y = t[shown] / 60, history[name].values[shown] * factor
        axis.plot(x, y, color=colour, linewidth=1.5 if detail else 1.2, solid_joinstyle="round")
        top = np.nanmax(y) if len(y) else 0.0
        axis.set_ylim(0, 1.16 * top if top > 0 else 1.0)
        axis.set_xlim(span[0] / 60, span[1] / 60)
        axis.locator_params(axis="y", nbins=5)
        if axis is not axes[-1]:
            axis.tick_params(labelbottom=False)
        if detail and name in ("load_factor", "heat_flux") and top > 0:
            opening = [e["elapsed_s"] / 60 for e in flight.events if e["name"] == "chute_command"]
            for part in (x <= opening[0], x > opening[0]) if opening and name == "load_factor" else (x == x,):
                if part.any():
                    _peak(axis, x[part], y[part], text.split(", ")[1], colour)
        axis.set_ylabel(text)


def _peak(axis, x, y, unit: str, colour) -> None:
    k = int(np.nanargmax(y))
    axis.plot(x[k], y[k], "o", color=colour, markersize=4)
    right = x[k] > 0.5 * sum(axis.get_xlim())
    axis.annotate(
        f"{y[k]:.2f} {unit}" if y[k] < 10 else f"{y[k]:.0f} {unit}",
        (x[k], y[k]),
        (-6 if right else 6, 3),
        textcoords="offset points",
        ha="right" if right else "left",
        color=colour,
        fontweight="bold",
        fontsize=8.5,
    )


def _labelled(flight, span, detail: bool, window) -> list[dict]:
    """The events whose names stand over a column: in the overview, those that the entry does not show."""
    out = []
    for e in flight.events:
        t = e["elapsed_s"]
        if not span[0] - ROUNDING <= t <= span[1] + ROUNDING or e["name"] in QUIET_EVENTS:
            continue
        if not detail and window is not None and window[0] <= t <= window[1]:
            continue
        out.append(e)
    return out


def _heads(figure, axis, events) -> None:
    """Names above a panel, slanted, pushed apart where they would meet, each with a line down to its time."""
    if not events:
        return
    low, high = axis.get_xlim()
    width = axis.get_position().width * figure.get_figwidth() * 72  # points
    wanted = np.array([(e["elapsed_s"] / 60 - low) / (high - low) * width for e in events])
    given = spread(wanted, 13.0, 0.0, width - 5.0)
    for e, x, at in zip(events, wanted, given, strict=True):
        axis.annotate(
            "",
            (x / width, 1.0),
            (at / width, 1.10),
            xycoords="axes fraction",
            textcoords="axes fraction",
            arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0},
        )
        axis.text(
            at / width,
            1.115,
            label(e["name"]),
            transform=axis.transAxes,
            rotation=48,
            fontsize=8,
            ha="left",
            va="bottom",
            rotation_mode="anchor",
        )


def spread(wanted: np.ndarray, gap: float, low: float, high: float) -> np.ndarray:
    """Places for labels, in order, at least `gap` apart and within [low, high] if they fit, as near as can be
    to where they are wanted: neighbours that would meet move as one block about their mean."""
    blocks = []  # [sum of (wanted - index gap), count]
    for k, x in enumerate(wanted):
        blocks.append([x - k * gap, 1])
        while len(blocks) > 1 and blocks[-1][0] / blocks[-1][1] < blocks[-2][0] / blocks[-2][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    free = (
        np.concatenate([np.full(count, total / count) for total, count in blocks]) if blocks else np.array([])
    )
    return np.clip(free, low, max(low, high - gap * (len(wanted) - 1))) + gap * np.arange(len(wanted))


def entry(flight):
    """A Figure: speed, load and heat flux of the entry against altitude, which the three panels share."""
    from matplotlib.figure import Figure

    window = _window(flight)
    if window is None:
        raise ValueError(f"{flight.scenario.name} has no entry to draw")
    history = flight.history
    t = history["elapsed_s"].values
    commands = [e["elapsed_s"] for e in flight.events if e["name"] == "chute_command"]
    shown = (t >= window[0]) & (t <= (commands[0] if commands else window[1]))
    altitude = history["altitude"].values[shown] / 1e3
    with styled():
        figure = Figure(figsize=(11, 6.2))
        axes = figure.subplots(
            1,
            3,
            sharey=True,
            width_ratios=[1.5, 1, 1],
            gridspec_kw={"left": 0.065, "right": 0.84, "bottom": 0.1, "top": 0.86, "wspace": 0.09},
        )
        for axis, name in zip(axes, ("speed", "load_factor", "heat_flux"), strict=True):
            text, factor, colour = ROWS[name]
            y = history[name].values[shown] * factor
            axis.plot(y, altitude, color=colour, linewidth=1.6)
            axis.set_xlim(0, 1.12 * np.nanmax(y) if np.nanmax(y) > 0 else 1.0)
            axis.set_xlabel(text)
        axes[0].set_ylabel("altitude, km")
        axes[0].set_ylim(0, 1.03 * altitude.max())
        events = [e for e in flight.events if t[shown][0] - 1 <= e["elapsed_s"] <= t[shown][-1] + 1]
        events = [e for e in events if e["name"] not in QUIET_EVENTS]
        events.sort(key=lambda e: e["altitude_m"])
        height = axes[0].get_position().height * figure.get_figheight() * 72
        top = axes[0].get_ylim()[1]
        wanted = np.array([e["altitude_m"] / 1e3 / top * height for e in events])
        for e, y, at in zip(events, wanted, spread(wanted, 13.0, 4.0, height), strict=True):
            for axis in axes:
                axis.axhline(
                    e["altitude_m"] / 1e3, color=QUIET, linewidth=0.5, linestyle=(0, (3, 3)), zorder=1
                )
            axes[2].annotate(
                "",
                (1.0, y / height),
                (1.06, at / height),
                xycoords="axes fraction",
                textcoords="axes fraction",
                annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0},
            )
            axes[2].text(
                1.075,
                at / height,
                f"{label(e['name'])}, {e['altitude_m'] / 1e3:.1f} km",
                transform=axes[2].transAxes,
                va="center",
                fontsize=8,
            )
        head(figure, flight)
    return figure
