"""Drawings of standard deviations: masses before and after, on one scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import shiftexp as sx
from shiftexp.errors import DesignError
from shiftexp.kernels.sd_masses import SdMasses, SpreadOwner
from shiftexp.plotting.variances import plot_variances, variances_data
from tests.unit.test_vessel_history import VARIANCES


def test_the_masses_drawn_are_those_of_the_table() -> None:
    assert sx.plot_data(VARIANCES).equals(variances_data(VARIANCES))
    axes = plot_variances(VARIANCES)
    assert [ax.get_title(loc="left") for ax in axes] == ["own walk", "common walk", "noise"]
    posterior, prior = axes[2].patches
    assert posterior.get_data().values == pytest.approx(VARIANCES.spreads["noise"].posterior)
    assert prior.get_data().values == pytest.approx(VARIANCES.spreads["noise"].prior)
    # cells of values 1, 2, 4 end halfway between them on a log scale
    assert prior.get_data().edges == pytest.approx(2.0 ** np.array([-0.5, 0.5, 1.5, 2.5]))
    assert "kg per year" in axes[0].get_xlabel()


def test_no_bar_is_cut_off_and_all_have_one_scale() -> None:
    axes = plot_variances(VARIANCES)
    assert {ax.get_ylim() for ax in axes} == {axes[0].get_ylim()}
    assert axes[0].get_ylim()[1] > VARIANCES.spreads["noise"].posterior.max()


def test_a_log_axis_has_a_few_plain_numbers() -> None:
    wide = SdMasses(
        SpreadOwner("own"), np.geomspace(0.02, 5, 9), np.full(9, 1 / 9), np.full(9, 1 / 9)
    )
    own, _, noise = plot_variances(
        replace(VARIANCES, spreads={**VARIANCES.spreads, "own walk": wide})
    )
    write = own.xaxis.get_major_formatter()
    assert [write(tick) for tick in own.get_xticks()] == ["0.1", "1"]
    assert noise.get_xticks().tolist() == [1.0, 2.0, 5.0]


def test_axes_of_the_reader_are_drawn_on() -> None:
    axes = Figure().subplots(1, 3)
    assert list(plot_variances(VARIANCES, axes)) == list(axes)
    assert axes[-1].get_legend() is not None
    with pytest.raises(DesignError, match="own walk, common walk, noise"):
        plot_variances(VARIANCES, axes[:2])


def test_many_standard_deviations_stand_three_in_a_row() -> None:
    names = ("own walk, NL", "own walk, BE", "common walk", "noise, NL", "noise, BE")
    several = replace(VARIANCES, spreads=dict.fromkeys(names, VARIANCES.spreads["noise"]))
    axes = plot_variances(several)
    assert [ax.get_title(loc="left") for ax in axes] == list(names)
    assert axes[3].get_subplotspec().colspan.start == 0
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, False, True, False]


def test_values_without_mass_lie_beyond_the_axis() -> None:
    value, mass = np.geomspace(1e-5, 10, 9), np.array([0, 0, 0, 0, 0.1, 0.3, 0.3, 0.2, 0.1])
    far = SdMasses(SpreadOwner("own"), value, mass, mass)
    own = plot_variances(replace(VARIANCES, spreads={**VARIANCES.spreads, "own walk": far}))[0]
    assert own.get_xlim()[0] == pytest.approx(np.sqrt(value[3] * value[4]))
