"""ITRF to GCRF and EME2000 on 2004-04-06: Vallado, examples 3-14 and 3-15; SOFA; Orekit's own tests.

1 mm against SOFA, the same series with the same parameters. 2 cm against Orekit's row, made with the series of 2000. The
printed geodetic angles have eight decimals of a degree, the speeds nine figures.
"""

from __future__ import annotations

import numpy as np

from trajectory import frames
from trajectory.checks import truth

CASE = "itrf-gcrf"
SOURCE = "Vallado, examples 3-14 and 3-15; SOFA; Orekit"


def rows() -> list[truth.Figure]:
    given = truth.setup("frames/vallado_itrf_gcrf_2004-04-06.json")
    exact, to_orekit = (case_state(given, f"dX_dY_arcsec_for_{row}_row") for row in ("sofa", "orekit"))
    position, velocity = frames.state_from_case(*exact[1], "GCRS", 0.0, exact[0])
    orekit, _ = frames.state_from_case(*to_orekit[1], "GCRS", 0.0, to_orekit[0])
    mean, _ = frames.state_from_case(*to_orekit[1], "EME2000", 0.0, to_orekit[0])
    latitude, longitude, altitude = frames.geodetic(exact[1][0], 0.0, exact[0])
    point = given["geodetic_wgs84"]
    return [
        off("GCRF position, SOFA", position, given["gcrf_position_m"]["sofa_iau2006_cio"], 1e-3, "m"),
        off("GCRF position, Orekit", orekit, given["gcrf_position_m"]["orekit_test"], 0.02, "m"),
        off("GCRF velocity", velocity, given["gcrf_velocity_m_s"], 1e-5, "m/s"),
        off("EME2000 position", mean, given["eme2000_position_m"]["gcrf_with_frame_bias_iau2000"], 0.02, "m"),
        off("pseudo Earth-fixed position", exact[1][0], given["pef_position_m"], 2e-4, "m"),
        truth.Figure("geodetic latitude", float(np.degrees(latitude)), point["lat_deg"], 0.6e-8, "deg"),
        truth.Figure("longitude", float(np.degrees(longitude)), point["lon_deg"], 0.6e-8, "deg"),
        truth.Figure("geodetic altitude", float(altitude), point["h_m"], 0.01, "m"),
    ]


def case_state(given: dict, correction: str):
    """(Orientation, state in the case frame) with the truth's Earth orientation and one of its dX, dY."""
    earth = given["eop"]
    parameters = frames.EarthOrientation(
        earth["UT1_minus_UTC_s"], earth["LOD_s"], earth["xp_arcsec"] * frames.ARCSEC, earth["yp_arcsec"] * frames.ARCSEC,
        *(np.array(earth[correction]) * frames.ARCSEC),
    )  # fmt: skip
    orientation = frames.orientation(given["epoch_utc"], parameters)
    state = given["itrf_position_m"], given["itrf_velocity_m_s"]
    return orientation, frames.state_to_case(*state, "ITRS", given["epoch_utc"], orientation)


def off(what: str, ours, theirs, tolerance: float, unit: str) -> truth.Figure:
    return truth.Figure(f"{what}: distance", float(np.linalg.norm(np.asarray(ours) - theirs)), 0.0, tolerance, unit)
