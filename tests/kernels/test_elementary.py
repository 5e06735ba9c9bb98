"""The kernel's own exp, sin and cos: numpy's long doubles (64 bits of mantissa) are the reference."""

import numpy as np
import pytest

from trajectory import _kernels


def elementary(x):
    out = np.zeros((len(x), 3))
    _kernels.elementary(np.ascontiguousarray(x), out)
    return out


def test_reference_is_finer():
    assert np.finfo(np.longdouble).eps < 2e-19


@pytest.mark.parametrize(("low", "high"), [(-1e-3, 1e-3), (-1.0, 1.0), (-40.0, 5.0), (-700.0, 700.0)])
def test_exponential(low, high):
    x = np.random.default_rng(1).uniform(low, high, 20000)
    exact = np.exp(x.astype(np.longdouble))
    assert np.abs(elementary(x)[:, 0] / exact - 1).max() < 4e-16


@pytest.mark.parametrize("size", [1e-3, 1.0, 10.0, 1e3, 1e5])
def test_sine_and_cosine(size):
    x = np.random.default_rng(2).uniform(-size, size, 20000)
    found = elementary(x)
    assert np.abs(found[:, 1] - np.sin(x.astype(np.longdouble))).max() < 3e-16
    assert np.abs(found[:, 2] - np.cos(x.astype(np.longdouble))).max() < 3e-16


def test_special_values():
    found = elementary(np.array([0.0, -800.0, 800.0, np.pi / 2]))
    assert found[0].tolist() == [1.0, 0.0, 1.0]
    assert 0.0 < found[1, 0] < 1e-300 and found[2, 0] > 1e300  # held at 700
    assert found[3, 1] == 1.0
