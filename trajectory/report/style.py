"""How every picture looks: one set of colours, sizes and words."""

from contextlib import contextmanager

INK, QUIET, FAINT = "#22303c", "#6b7782", "#d5dade"
BLUE, RED, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"  # Okabe & Ito 2008, apart for all eyes
# Options side by side: Okabe & Ito 2008 without the yellow, which vanishes on white; two darker ones; marked by number, too.
WAYS = (BLUE, RED, GREEN, ORANGE, "#CC79A7", "#56B4E9", INK, "#7A4A9E", "#8A6D1B")
LAND, SEA, COAST, BORDER = "#f4f2ec", "#dfe9f0", "#8f9ba5", "#b9b7ae"

RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "text.usetex": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "trajectory",
    "svg.fonttype": "path",
}

LABELS = {
    "deorbit_ignition": "ignition",
    "deorbit_cutoff": "cut-off",
    "module_separation": "separation",
    "entry_interface": "entry interface",
    "guidance_start": "guidance start",
    "bank_reversal": "bank reversal",
    "chute_command": "chute command",
}


@contextmanager
def styled():
    """Matplotlib with this style and nothing of the user's own."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def label(name: str) -> str:
    """An event's name as pictures show it."""
    return LABELS.get(name, name.replace("_", " "))


def place(latitude: float, longitude: float) -> str:
    """A point in words: 47.33° N 69.57° E."""
    return (
        f"{abs(latitude):.2f}° {'N' if latitude >= 0 else 'S'} "
        f"{abs(longitude):.2f}° {'E' if longitude >= 0 else 'W'}"
    )


def caption(flight) -> str:
    """What became of the flight, in one line."""
    down = flight.touchdown
    if down is None:
        return f"outcome: {flight.outcome.replace('_', ' ')}"
    time = down["time_utc"][:19].replace("T", " ")
    text = f"touchdown {time} UTC at {place(down['latitude_deg'], down['longitude_deg'])}"
    if "target_distance_m" in down:
        text += f", {down['target_distance_m'] / 1e3:.1f} km from the target"
    return text


def title(flight) -> str:
    return flight.scenario.title or flight.scenario.name
