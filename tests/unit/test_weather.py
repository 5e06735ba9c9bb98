"""The weather of a day: from CSV and NetCDF to a small hashed file, and what a flight makes of it."""

import numpy as np
import pytest
import xarray as xr

import trajectory as tj
from trajectory import atmosphere, case, cli, weather, wind

PLACE = (np.radians(47.3), np.radians(69.6))
TIME = "2023-03-28T11:00:00Z"
HEIGHTS = np.arange(300.0, 31000.0, 500.0)


def members(count, seed=5):
    """[(ln density, east, north)] at HEIGHTS, of a forecast that is off by one shape of each."""
    draw = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        a, b, c = draw.normal(size=3)
        east = 12.0 * np.exp(-(((HEIGHTS - 11e3) / 6e3) ** 2)) * (1.0 + 0.3 * a)
        out.append((np.log(1.25) - HEIGHTS / 7600.0 + 0.01 * b, east, 4.0 * np.sin(HEIGHTS / 5e3) + 1.5 * c))
    return out


@pytest.fixture
def csv(tmp_path):
    def write(count=20, name="forecast.csv", line=None):
        rows = ["# made", "altitude_m,east_m_s,north_m_s,density_kg_m3,member"]
        for m, (rho, east, north) in enumerate(members(count)):
            rows += [f"{h},{u!r},{v!r},{float(np.exp(r))!r},{m}" for h, r, u, v in
                     zip(HEIGHTS.tolist(), rho.tolist(), east.tolist(), north.tolist(), strict=True)]  # fmt: skip
        if line is not None:
            rows[5] = line
        path = tmp_path / name
        path.write_text("\n".join(rows) + "\n")
        return path

    return write


def test_mean_and_covariance_of_the_members_come_back(csv, tmp_path):
    found = weather.gather(csv(), *PLACE, TIME)
    values = np.stack([np.stack(m, axis=1) for m in members(20)])
    at = found.at(HEIGHTS[2:-2], np.stack([found.log_density, found.east, found.north], axis=1))
    assert np.allclose(at, values.mean(axis=0)[2:-2], atol=0.02)
    sigma = np.sqrt(np.sum(found.at(HEIGHTS[2:-2], np.moveaxis(found.modes, 0, 1)) ** 2, axis=1))
    assert np.allclose(sigma, values.std(axis=0, ddof=1)[2:-2], rtol=0.03, atol=0.002)
    assert len(found.modes) == 3 and found.members == 20
    weather.write(found, tmp_path / "day.nc")
    again = weather.read(tmp_path / "day.nc")
    assert again.sha256 == found.sha256 and np.array_equal(again.modes, found.modes)


def test_a_sounding_of_winds_alone(tmp_path):
    """Without a density: the winds come back, and the windows of a day tell the wind at their landing."""
    path = tmp_path / "winds.csv"
    path.write_text("altitude_m,east_m_s,north_m_s\n" + "".join(f"{h},{5 + h / 1e3},0\n" for h in range(0, 20001, 2000)))
    found = weather.gather(path, *PLACE, TIME)
    assert found.log_density is None and np.allclose(found.east, 5 + found.height / 1e3) and not found.north.any()
    weather.write(found, tmp_path / "day.nc")
    flown = tj.load("ms22-uncrewed").replace(weather={"file": str(tmp_path / "day.nc")})
    (window,) = tj.opportunities(flown, 0.1, "zhezkazgan")
    assert window.wind_m_s == pytest.approx(5.3, abs=0.4) and window.wind_ok is None


def test_a_grid_on_pressure_levels(tmp_path):
    """An isothermal atmosphere in the layout of a reanalysis: heights, densities and winds are those that were put in."""
    level = np.array([1000.0, 850, 700, 500, 400, 300, 250, 200, 150, 100, 70, 50])
    temperature, scale = 250.0, weather.GAS_CONSTANT * 250.0 / 9.80665
    geopotential = 9.80665 * scale * np.log(1013.25 / level)
    lat, lon, number = np.array([50.0, 45.0]), np.array([60.0, 65.0, 70.0, 75.0]), np.arange(3)
    shape = (len(number), len(level), len(lat), len(lon))
    east = np.broadcast_to(number[:, None, None, None] + lon / 10.0, shape)
    one = {"u": east, "v": np.zeros(shape), "t": np.full(shape, temperature),
           "z": np.broadcast_to(geopotential[:, None, None], shape)}  # fmt: skip
    dims = ("number", "pressure_level", "latitude", "longitude")
    data = xr.Dataset({k: (dims, v) for k, v in one.items()},
                      {"number": number, "pressure_level": level, "latitude": lat, "longitude": lon})  # fmt: skip
    data["z"].attrs["units"] = "m**2 s**-2"
    data.to_netcdf(tmp_path / "grid.nc")
    found = weather.gather(tmp_path / "grid.nc", *PLACE, TIME)
    assert np.allclose(found.east, 1.0 + 6.96, atol=1e-6) and np.allclose(found.north, 0.0, atol=1e-9)
    potential = weather.EARTH_RADIUS * found.height / (weather.EARTH_RADIUS + found.height)
    density = 101325.0 * np.exp(-potential / scale) / (weather.GAS_CONSTANT * temperature)
    assert np.allclose(np.exp(found.log_density), density, rtol=1e-4)
    assert len(found.modes) == 1 and np.allclose(found.modes[0, :, 1], 1.0, atol=1e-6)
    with pytest.raises(weather.WeatherError, match="does not hold latitude"):
        weather.gather(tmp_path / "grid.nc", np.radians(10.0), PLACE[1], TIME)
    data.drop_vars("t").to_netcdf(tmp_path / "bare.nc")
    with pytest.raises(weather.WeatherError, match="has no air_temperature"):
        weather.gather(tmp_path / "bare.nc", *PLACE, TIME)


@pytest.fixture
def day(csv, tmp_path):
    """A scenario that names a bundle beside it."""
    assert cli.main(["weather", str(csv()), "--latitude", "47.3", "--longitude", "69.6", "--time", TIME,
                     "--out", str(tmp_path / "day.nc")]) == 0  # fmt: skip
    file = tmp_path / "ms22-day.toml"
    file.write_text('schema = 1\nname = "ms22-day"\nextends = "ms22-uncrewed"\n[weather]\nfile = "day.nc"\n')
    return file


def test_a_flight_meets_the_weather(day, tmp_path):
    """Below the top the air over the site and the wind are the bundle's, above them the model's."""
    scenario, plain = tj.load(str(day)), tj.load("ms22-uncrewed")
    bundle = weather.read(tmp_path / "day.nc")
    one, other = (case.build(s, "2023-03-28T10:51:10Z", case.Commands()) for s in (scenario, plain))
    site = scenario.site
    there = case.frames.from_geodetic(site.latitude.si, site.longitude.si, 0.0, weather.LANDING, one.orientation)
    angle = np.arctan2(there @ one.world.air.track_q, there @ one.world.air.track_p)
    low, high = np.array([1e3, 8e3, 20e3]), np.array([40e3, 80e3])
    rho, _ = atmosphere.evaluate(one.world.air, low, np.full(3, angle))
    assert np.allclose(np.log(rho), bundle.at(low, bundle.log_density), atol=1e-3)
    blowing = bundle.at(low, np.stack([bundle.east, bundle.north], axis=1)).T
    assert np.allclose(wind.evaluate(one.world.wind, low), blowing, atol=0.05)
    for a, b in zip(atmosphere.evaluate(one.world.air, high, np.full(2, angle)),
                    atmosphere.evaluate(other.world.air, high, np.full(2, angle)), strict=True):  # fmt: skip
        assert np.allclose(a, b, rtol=1e-6)


def test_the_members_are_what_is_uncertain(day):
    """The forecast is better than a month's weather: the footprint shrinks, and its part of the draws is the bundle's."""
    scenario = tj.load(str(day))
    found, plain = tj.disperse(scenario, 400, seed=2), tj.disperse(tj.load("ms22-uncrewed"), 400, seed=2)
    assert sum(p.name.startswith("weather.") for p in found.plan.design.parameters) == 3
    # the median: a few of either come down ballistic, far from the others, for a computer that is too hot
    assert found.footprint().radii["p50"].value < 0.7 * plain.footprint().radii["p50"].value
    same = tj.disperse(scenario, 400, seed=2, workers=1)
    assert same.columns["time_s"].tobytes() == found.columns["time_s"].tobytes()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"site": "arkalyk"}, "km from the site"),
        ({"weather__sha256": "0123456789abcdef"}, "the scenario asks for 0123456789ab"),
    ],
)
def test_weather_that_does_not_cover_the_flight_is_refused(day, change, said):
    text = day.read_text()
    if "site" in change:
        text = text.replace("[weather]", 'site = "arkalyk"\n[weather]')
    else:
        text += f'sha256 = "{change["weather__sha256"]}"\n'
    day.write_text(text)
    with pytest.raises(tj.ScenarioError, match=said):
        case.build(tj.load(str(day)), "2023-03-28T10:51:10Z", case.Commands())


def test_bad_files_are_named(csv, tmp_path, capsys):
    assert cli.main(["weather", str(csv(line="300,1,1,-2,0")), "--latitude", "47", "--longitude", "69", "--time", TIME,
                     "--out", str(tmp_path / "x.nc")]) == 2  # fmt: skip
    assert "line 6: a density above 0 is due" in capsys.readouterr().err and not (tmp_path / "x.nc").exists()
    for wrong, said in (("300,500,1,1,0", "allowed: to 200"), ("100,1,1,1,0", "allowed: rising"), ("900,a,1,1,0", "line 6")):
        with pytest.raises(weather.WeatherError, match=said):
            weather.gather(csv(line=wrong), *PLACE, TIME)
    (tmp_path / "no.nc").write_text("no")
    with pytest.raises(weather.WeatherError, match="no weather bundle"):
        weather.read(tmp_path / "no.nc")
    good = weather.gather(csv(), *PLACE, TIME)
    weather.write(good, tmp_path / "day.nc")
    import netCDF4

    with netCDF4.Dataset(tmp_path / "day.nc", "a") as file:
        file["east"][3] += 1.0
    with pytest.raises(weather.WeatherError, match="not those that were written"):
        weather.read(tmp_path / "day.nc")
