"""Check cases: published figures that this package must reproduce, one file for each truth.

Each module has CASE (its name in `trajectory verify`), SOURCE, and rows(), a list of `truth.Figure`. Values
are in the unit that the figure names. What a tolerance rests on stands beside it.
"""

MODULES = (
    "kepler", "orekit_zonal", "jeod", "ostk", "nesc", "allen_eggers", "equilibrium_glide", "us76", "nrlmsis", "vallado_frames",
    "sgp4", "apollo4", "betts", "p1", "heating", "heat_shield", "aerodynamics", "rotation", "cooling", "statistics", "landings",
)  # fmt: skip
