"""What the entry did: temperatures and recession of the shield, the crew's load against how long it was held, the rotation."""

import numpy as np

from trajectory.constants import STANDARD_GRAVITY as G0
from trajectory.report.plots import head
from trajectory.report.style import BLUE, INK, ORANGE, QUIET, RED, styled


def heat_shield(flight):
    """A Figure: temperatures of front, bond line and back, and the recession, against time."""
    from matplotlib.figure import Figure

    found, block = flight.exposure.series["heat_shield"], flight.exposure.blocks["heat_shield"]
    t = found.t / 60
    with styled():
        figure = Figure(figsize=(9, 6.2))
        top, low, gone = figure.subplots(
            3, 1, sharex=True, gridspec_kw={"left": 0.1, "right": 0.97, "bottom": 0.08, "top": 0.88, "hspace": 0.12}
        )
        top.plot(t, found.surface, color=RED, linewidth=1.5)
        top.set_ylabel("front, K")
        low.plot(t, found.bond, color=ORANGE, linewidth=1.5, label="bond line")
        low.plot(t, found.back, color=BLUE, linewidth=1.2, label="back")
        if block["bond_limit_k"] is not None:
            low.axhline(block["bond_limit_k"], color=QUIET, linewidth=0.8, linestyle=(0, (3, 3)), label="its limit")
        low.legend(frameon=False, fontsize=8, loc="upper left")
        low.set_ylabel("within, K")
        gone.plot(t, 1e3 * found.recession, color=INK, linewidth=1.5)
        gone.set_ylim(0, max(1.0, 1.1e3 * found.recession.max()))
        gone.set_ylabel("recession, mm")
        gone.set_xlabel("elapsed, min")
        head(figure, flight)
    return figure


def crew(flight):
    """A Figure: the load, eyeballs in, against the longest time it was held, with what is tolerated."""
    from matplotlib.figure import Figure

    from trajectory.crew import longest_above, tolerated

    held = flight.exposure.series["crew"]
    levels = np.linspace(0.0, max(held["load"].max(), 0.1), 300)[1:-1]
    times = longest_above(held["t"], held["load"], levels)
    shown = np.geomspace(held["limit"][0, 0], max(times.max(), held["limit"][-1, 0]), 200)
    with styled():
        figure = Figure(figsize=(9, 5.4))
        axis = figure.subplots(gridspec_kw={"left": 0.08, "right": 0.97, "bottom": 0.11, "top": 0.87})
        axis.plot(shown, tolerated(shown, held["limit"]), color=RED, linewidth=1.5, label="limit")
        keep = times >= held["limit"][0, 0]
        axis.plot(times[keep], levels[keep], color=BLUE, linewidth=1.5, label="held by this flight")
        axis.set_xscale("log")
        axis.set_ylim(0, None)
        axis.set_xlabel("time above it without a break, s")
        axis.set_ylabel("load, eyeballs in, g")
        axis.legend(frameon=False, fontsize=8)
        head(figure, flight)
    return figure


def rotation(flight):
    """A Figure: angle of attack, body rates and load of the flight with six degrees of freedom; dotted, that with three."""
    from matplotlib.figure import Figure

    turned, history = flight.rotation.turned, flight.history
    t, names = turned.t / 60, ("roll", "pitch", "yaw")
    with styled():
        figure = Figure(figsize=(9, 6.2))
        top, middle, low = figure.subplots(
            3, 1, sharex=True, gridspec_kw={"left": 0.1, "right": 0.97, "bottom": 0.08, "top": 0.88, "hspace": 0.12}
        )
        top.plot(t, np.degrees(turned.alpha), color=BLUE, linewidth=1.2)
        top.set_ylabel("angle of attack, deg")
        for k, colour in enumerate((INK, ORANGE, RED)):
            middle.plot(t, np.degrees(turned.rates[:, k]), color=colour, linewidth=1.0, label=names[k])
        middle.legend(frameon=False, fontsize=8, loc="upper left")
        middle.set_ylabel("rates, deg/s")
        low.plot(t, np.linalg.norm(turned.load, axis=1) / G0, color=BLUE, linewidth=1.2, label="six degrees")
        elapsed = history["elapsed_s"].values / 60
        within = (elapsed >= t[0]) & (elapsed <= t[-1])
        low.plot(elapsed[within], history["load_factor"].values[within], color=QUIET, linestyle=":", label="three degrees")
        low.legend(frameon=False, fontsize=8, loc="upper left")
        low.set_ylabel("load, g")
        low.set_xlabel("elapsed, min")
        head(figure, flight)
    return figure
