"""Panels with a known truth: the ground that tests, power and calibration stand on."""

from __future__ import annotations

from shiftexp.simulate.pair import simulate_pair
from shiftexp.simulate.scenario import Scenario

__all__ = ["Scenario", "simulate_pair"]
