"""The fast t law keeps to the law at infinities, and says nothing of what is no number."""

from __future__ import annotations

import numpy as np

from shiftexp.kernels.tails import quick_t_cdf


def test_infinite_and_missing_statistics() -> None:
    found = quick_t_cdf(5, np.array([-np.inf, -1e200, 0.0, 1e200, np.inf, np.nan]))
    np.testing.assert_allclose(found, [0, 0, 0.5, 1, 1, np.nan], atol=1e-9)
