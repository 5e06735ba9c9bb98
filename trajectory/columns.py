"""One table of every output: its name, symbol, SI unit, the unit it is shown in, and what it means."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    name: str
    symbol: str
    unit: str  # SI, as CF conventions write it; "1" if none
    display: str
    meaning: str


COLUMNS = {
    c.name: c
    for c in (
        Column("latitude", "phi", "degrees_north", "deg", "geodetic latitude on the ellipsoid"),
        Column("longitude", "lambda", "degrees_east", "deg", "longitude, east positive"),
        Column("altitude", "h", "m", "km", "geodetic altitude over the ellipsoid"),
        Column("speed", "V", "m s-1", "m/s", "speed relative to the Earth-fixed frame"),
        Column("inertial_speed", "V_i", "m s-1", "m/s", "inertial speed"),
        Column(
            "flight_path_angle",
            "gamma",
            "degrees",
            "deg",
            "relative velocity over the geodetic horizon, up positive",
        ),
        Column(
            "inertial_flight_path_angle",
            "gamma_i",
            "degrees",
            "deg",
            "inertial velocity over the geodetic horizon",
        ),
        Column("azimuth", "A", "degrees", "deg", "of the relative velocity, from north, clockwise"),
        Column("airspeed", "V_a", "m s-1", "m/s", "speed relative to the air, wind included"),
        Column("mass", "m", "kg", "kg", "mass of the vehicle"),
        Column("load_factor", "n", "1", "g", "sensed, non-gravitational, acceleration over standard gravity"),
        Column("dynamic_pressure", "p_d", "Pa", "Pa", "half density times airspeed squared"),
        Column("heat_flux", "q_s", "W m-2", "W/cm2", "convective heat flux at the stagnation point"),
        Column("heat_load", "Q_s", "J m-2", "J/cm2", "time integral of the heat flux"),
        Column("mach", "M", "1", "1", "airspeed over the speed of sound"),
        Column("density", "rho", "kg m-3", "kg/m3", "density of the air"),
        Column("drag_coefficient", "C_D", "1", "1", "of the vehicle, without canopies"),
        Column("lift_coefficient", "C_L", "1", "1", "of the vehicle"),
        Column("bank", "mu", "degrees", "deg", "bank angle of the lift: 0 is up, positive turns right"),
        Column("bank_command", "mu_c", "degrees", "deg", "bank angle that the flight computer asks for"),
        Column(
            "apparent_velocity",
            "W",
            "m s-1",
            "m/s",
            "time integral of the sensed acceleration since separation",
        ),
        Column("position", "r", "m", "m", "position in GCRS"),
        Column("velocity", "v", "m s-1", "m/s", "velocity in GCRS"),
    )
}
