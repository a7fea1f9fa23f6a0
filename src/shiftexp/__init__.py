"""Weigh whether an activity moved or grew by itself, and say so when the data cannot tell.

A ``Panel`` seen through a ``Design`` is fitted by an estimator into a ``Result``; results are
weighed into a ``Verdict``.

Nouns        Panel, Dataset, Design, Effects, Result, Comparison, Evidence, Bound, Detection,
             Verdict, Study, Scenario, EventCoefficients, Flow, SectorWeights, Description
Estimators   InterruptedTimeSeries, StructuralTimeSeries, DifferenceInDifferences, EventStudy,
             SyntheticControl, SpilloverSyntheticControl, InclusiveSyntheticControl, SyntheticDiD,
             WeightedDisplacementDifference, CountDiD, RatioOfRatios, WindowContrast,
             CommunicatingVessels
Wrappers     Conformal, Permutation, Placebo, BlockBootstrap, ConleyTaber, FermanPinto, EndOfSample,
             DebiasedT
Closed forms displacement.wdd, .wdq, .tne, .rirr
Verbs        load_dataset, describe, structural_breaks, shift_share, lmdi, compare,
             compare_models, weigh, equivalence, adjust, combine, max_t, trend_sensitivity,
             pretest_power, power, calibrate, plot, plot_data, report, shift_share_bounds,
             sector_weights, fieller, simulate_pair, capture_recapture, detection_change,
             case_files, combine_sources, elicited, price_signs, sweep
"""

from __future__ import annotations

from lazy_loader import attach_stub

# Each name is loaded at its first use: whoever weighs one case does not wait for the simulations.
_load, __dir__, __all__ = attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    """Return a public name at its first use, or say which one may be meant.

    Raises
    ------
    AttributeError
        When there is no such name.
    """
    if name in __all__ or name.startswith("_"):
        return _load(name)
    from shiftexp.errors import suggest

    message = f"module {__name__!r} has no attribute {name!r}; {suggest(name, __all__)}"
    raise AttributeError(message)
