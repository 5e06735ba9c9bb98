"""Constants of nature and of the Earth, each with unit and origin. Plain floats, SI.

The Earth's shape, rotation and gravity here are the defaults; a scenario may set its own.
"""

# --- shape and rotation of the Earth: World Geodetic System 1984, NGA.STND.0036 (2014), table 3.1
EQUATORIAL_RADIUS = 6378137.0  # m, semi-major axis of the ellipsoid
FLATTENING = 1.0 / 298.257223563  # 1
ROTATION_RATE = 7.292115e-5  # rad/s, nominal mean angular velocity
# Rate of the Earth rotation angle, IAU 2000 resolution B1.8 (Capitaine, Guinot & McCarthy 2000, eq. 14)
EARTH_ROTATION_ANGLE_RATE = 7.292115146706979e-05  # rad per second of UT1

# --- gravity of the Earth
GRAVITATIONAL_PARAMETER = 3.986004418e14  # m^3/s^2, WGS 84, NGA.STND.0036 table 3.1, atmosphere included
GRAVITATIONAL_PARAMETER_EGM96 = 3.986004415e14  # m^3/s^2, EGM96, NASA/TP-1998-206861
# Zonal harmonics J_n = -sqrt(2n+1) * C(n,0): the EGM96 field (NASA/TP-1998-206861), tide-free, rounded to
# five figures (J2 to nine), for the radius 6378136.3 m, commonly and here taken as EQUATORIAL_RADIUS (2e-7 of
# J2). EGM2008 (Pavlis et al. 2012), tide-free: 1.08262617e-3, -2.53241e-6, -1.61990e-6, -2.27754e-7,
# 5.40667e-7. In a zero-tide system J2 is larger by 9.3e-9.
J2 = 1.08262668e-3  # 1
J3 = -2.5327e-6  # 1
J4 = -1.6196e-6  # 1
J5 = -2.2730e-7  # 1
J6 = 5.4068e-7  # 1
STANDARD_GRAVITY = 9.80665  # m/s^2, exact, 3rd General Conference on Weights and Measures, 1901

# --- Sun and Moon
ASTRONOMICAL_UNIT = 149597870700.0  # m, exact, IAU 2012 resolution B2
GRAVITATIONAL_PARAMETER_SUN = 1.32712440018e20  # m^3/s^2, JPL DE405 (Standish 1998)
GRAVITATIONAL_PARAMETER_MOON = 4.902800066e12  # m^3/s^2, JPL DE421 (Folkner et al. 2009)

# --- air: U.S. Standard Atmosphere 1976, NOAA-S/T 76-1562, table 2 and section 1
GAS_CONSTANT = 8314.32  # J/(kmol K), the value of the 1976 standard
AVOGADRO = 6.022169e26  # 1/kmol, the value of the 1976 standard
AIR_MOLAR_MASS = 28.9644  # kg/kmol, at sea level
AIR_HEAT_CAPACITY_RATIO = 1.4  # 1
GEOPOTENTIAL_RADIUS = 6356766.0  # m, effective Earth radius of the geopotential height
SEA_LEVEL_PRESSURE = 101325.0  # Pa
SEA_LEVEL_TEMPERATURE = 288.15  # K
SEA_LEVEL_DENSITY = 1.225  # kg/m^3
SECONDS_PER_DAY = 86400.0  # s
