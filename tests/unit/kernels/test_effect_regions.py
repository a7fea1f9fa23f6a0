"""Parts of the plane: nearest points against a search, contents against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from shiftexp.kernels.cases import Floats
from shiftexp.kernels.effect_regions import (
    Region,
    box,
    cone,
    log_content,
    nearest,
    plane,
    point,
    ray,
)

COV = np.array([[2.0, 0.7], [0.7, 1.0]])
METRIC = np.linalg.inv(COV)
PAIRS = np.random.default_rng(1).normal(0, 4, (40, 2))
LOW, HIGH = np.array([-1.0, 0.5]), np.array([2.0, 3.0])


def searched(region: Region, pair: Floats, steps: int = 4001) -> float:
    """Return the least distance to points of a region laid on its borders, or zero inside."""
    if len(region.a) and (region.a @ pair <= region.at).all():
        return 0.0
    reach = np.linspace(0, 1, steps)[:, None]
    distances = []
    for start, along, high in zip(region.start, region.along, region.high, strict=True):
        gap = start + reach * min(float(high), 60.0) * along - pair
        distances.append(np.einsum("ti,ij,tj->t", gap, METRIC, gap).min())
    return float(min(distances))


@pytest.mark.parametrize(
    "region",
    [
        point((1.0, 2.0)),
        ray((-1.0, 1.0)),
        cone((-1.0, 1.0), (0.0, 1.0)),
        cone((-1.0, 0.0), (0.0, -1.0)),
        box(LOW, HIGH),
        box(LOW, np.array([2.0, 0.5])),
        box(LOW, LOW),
    ],
    ids=["point", "ray", "cone", "quadrant", "box", "segment", "corner"],
)
def test_the_nearest_pair_is_as_near_as_a_search_finds(region: Region) -> None:
    found = nearest(region, PAIRS, np.broadcast_to(METRIC, (40, 2, 2)))
    gap = found - PAIRS
    distance = np.einsum("bi,ij,bj->b", gap, METRIC, gap)
    assert distance == pytest.approx([searched(region, pair) for pair in PAIRS], abs=2e-3)


def test_the_plane_leaves_every_pair_where_it_is() -> None:
    assert np.array_equal(nearest(plane(), PAIRS, METRIC), PAIRS)


def test_dimensions_are_the_number_of_free_effects() -> None:
    regions = [point((0.0, 0.0)), ray((0.0, 1.0)), box(LOW, np.array([2.0, 0.5])), box(LOW, HIGH)]
    assert [region.dimension for region in regions] == [0, 1, 1, 2]
    assert cone((1.0, 0.0), (0.0, 1.0)).dimension == plane().dimension == 2


def test_a_quadrant_holds_what_the_arcsine_law_says() -> None:
    """The mass of a quadrant about the centre is 1/4 + arcsin(r) / (2 pi)."""
    r = 0.7 / np.sqrt(2.0)
    found = np.exp(log_content(cone((1.0, 0.0), (0.0, 1.0)), np.zeros(2), COV))
    assert found == pytest.approx(0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-5)


def test_a_box_holds_what_the_bivariate_normal_says() -> None:
    law = multivariate_normal(np.array([0.5, 1.0]), COV)
    corners = law.cdf(HIGH) - law.cdf([HIGH[0], LOW[1]]) - law.cdf([LOW[0], HIGH[1]]) + law.cdf(LOW)
    found = np.exp(log_content(box(LOW, HIGH), np.array([0.5, 1.0]), COV))
    assert found == pytest.approx(corners, abs=1e-4)


def test_a_point_has_its_density_and_a_ray_the_integral_of_it() -> None:
    mean = np.array([0.3, 0.8])
    law = multivariate_normal(mean, COV)
    assert log_content(point((1.0, 2.0)), mean, COV) == pytest.approx(law.logpdf([1.0, 2.0]))
    t = np.linspace(0, 30, 300_001)
    along = np.trapezoid(law.pdf(t[:, None] * np.array([-1.0, 1.0])), t)
    assert np.exp(log_content(ray((-1.0, 1.0)), mean, COV)) == pytest.approx(along, rel=1e-6)


def test_a_segment_ends_where_it_ends() -> None:
    law = np.eye(2)
    found = np.exp(log_content(box(np.zeros(2), np.array([1.0, 0.0])), np.zeros(2), law))
    assert found == pytest.approx((norm.cdf(1) - 0.5) * norm.pdf(0))
