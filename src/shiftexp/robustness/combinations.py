"""Every combination of the choices of a curve once, each ready to be fitted."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shiftexp.design import Design
from shiftexp.errors import DesignError, Problem, ShiftexpError
from shiftexp.estimators.its import InterruptedTimeSeries
from shiftexp.estimators.ratio_of_ratios import RatioOfRatios
from shiftexp.estimators.structural import StructuralTimeSeries
from shiftexp.estimators.windows import WindowContrast
from shiftexp.inference.donors import ConleyTaber, FermanPinto
from shiftexp.result import Estimator
from shiftexp.robustness.specifications import Period, Specifications

MOST = 20_000
NOT_USED = "not used"
_ALONE = (InterruptedTimeSeries, WindowContrast, RatioOfRatios)
_OVER_DONORS = (ConleyTaber, FermanPinto)
_AXIS_FIELDS = {"scale", "effort", "rng", "model"}


@dataclass(frozen=True)
class Specification:
    """One combination of choices.

    Attributes
    ----------
    indicator : str
        What is measured.
    window : tuple of (start, end)
        First and last period; None for that of the data.
    onset : int
        Periods after the declared onset.
    donors : str
        Name of the donor set; "not used" where the estimator uses none.
    units : tuple of str
        Those donors.
    scale, effort : str
        Of the estimator; "not used" where it has none.
    errors : str
        The estimator and its other settings.
    outliers : str
        What is done with outliers.
    estimator : Estimator
        What is fitted; None where its settings contradict each other.
    contradiction : str
        Why they do.
    """

    indicator: str
    window: tuple[Period | None, Period | None]
    onset: int
    donors: str
    units: tuple[str, ...]
    scale: str
    effort: str
    errors: str
    outliers: str
    estimator: Estimator | None
    contradiction: str = ""

    @property
    def choices(self) -> dict[str, str]:
        """The choice on every axis, in words."""
        start, end = self.window
        return {
            "indicator": self.indicator,
            "window": f"{'first' if start is None else start} to {'last' if end is None else end}",
            "onset": "as declared" if not self.onset else f"{self.onset:+d}".replace("-", "−"),
            "scale": self.scale,
            "donors": self.donors,
            "effort": self.effort,
            "errors": self.errors,
            "outliers": self.outliers,
        }

    @property
    def model(self) -> str:
        """The model as figures name it; its settings where they contradict each other."""
        return self.errors if self.estimator is None else model_words(self.estimator)


def combinations(
    axes: Specifications, indicators: Iterable[str], design: Design
) -> tuple[Specification, ...]:
    """Return every combination of choices once, those that an estimator cannot tell apart merged.

    Parameters
    ----------
    axes : Specifications
        The axes.
    indicators : iterable of str
        Names of the indicators.
    design : Design
        The study, whose window and donors stand where an axis has none.

    Raises
    ------
    DesignError
        When there are more than 20,000, with the choices of each axis.
    """
    windows = axes.windows or ((design.start, design.end),)
    donors = axes.donors or (("as declared", design.donors),)
    named = tuple(indicators)
    sizes = {
        "indicators": len(named),
        "windows": len(windows),
        "onsets": len(axes.onsets),
        "scales": len(axes.scales) or 1,
        "donors": len(donors),
        "efforts": len(axes.efforts) or 1,
        "estimators": len(axes.estimators),
        "outliers": len(axes.outliers),
    }
    count = math.prod(sizes.values())
    if count > MOST:
        told = ", ".join(f"{size} {name}" for name, size in sizes.items())
        remedy = "declare fewer choices, since a curve is read, not searched; or use sweep"
        raise DesignError(Problem(f"{count:,} combinations ({told})", f"at most {MOST:,}", remedy))
    found = [
        _combined(indicator, window, onset, pool, variant, rule)
        for indicator, window, onset, pool, variant, rule in itertools.product(
            named, windows, axes.onsets, donors, _variants(axes), axes.outliers
        )
    ]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Variant:
    """An estimator on one scale with one effort model."""

    estimator: Estimator | None
    label: str
    scale: str
    effort: str
    contradiction: str = ""


def uses_donors(estimator: object) -> bool:
    """Tell whether donors make a difference to an estimator.

    Examples
    --------
    >>> uses_donors(InterruptedTimeSeries()), uses_donors(ConleyTaber(InterruptedTimeSeries()))
    (False, True)
    """
    inner = getattr(estimator, "model", None)
    if inner is not None:
        over = getattr(estimator, "over", "") == "units" or isinstance(estimator, _OVER_DONORS)
        return over or uses_donors(inner)
    if isinstance(estimator, StructuralTimeSeries):
        return estimator.donors != "none"
    return not isinstance(estimator, _ALONE)


def _combined(
    indicator: str,
    window: tuple[Period | None, Period | None],
    onset: int,
    pool: tuple[str, tuple[str, ...]],
    variant: _Variant,
    rule: str,
) -> Specification:
    """Return one combination; without donors where the estimator uses none."""
    name, units = pool if uses_donors(variant.estimator) else (NOT_USED, ())
    return Specification(
        indicator=indicator,
        window=window,
        onset=onset,
        donors=name,
        units=units,
        scale=variant.scale,
        effort=variant.effort,
        errors=variant.label,
        outliers=rule,
        estimator=variant.estimator,
        contradiction=variant.contradiction,
    )


def _variants(axes: Specifications) -> tuple[_Variant, ...]:
    """Return each estimator on each scale with each effort model, alike ones once."""
    found = [
        _variant(estimator, scale, effort)
        for estimator in axes.estimators
        for scale in axes.scales or (None,)
        for effort in axes.efforts or (None,)
    ]
    return tuple(dict.fromkeys(found))


def _variant(estimator: Estimator, scale: str | None, effort: str | None) -> _Variant:
    """Return an estimator with these settings where it has them."""
    label = settings_words(estimator)
    built: Estimator | None = estimator
    said = ""
    try:
        built = _with(_with(estimator, "scale", scale), "effort", effort)
    except ShiftexpError as error:
        built, said = None, str(error)
    scales, efforts = (
        NOT_USED if _setting(estimator, name) == NOT_USED else value or _setting(estimator, name)
        for name, value in (("scale", scale), ("effort", effort))
    )
    return _Variant(built, label, scales, efforts, said)


def settings_words(estimator: object) -> str:
    """Return an estimator's name with the settings that are neither an axis nor its defaults.

    Examples
    --------
    >>> settings_words(InterruptedTimeSeries(scale="log", trend=False))
    'InterruptedTimeSeries(trend=False)'
    """
    inner = getattr(estimator, "model", None)
    told = _settings(estimator).values()
    parts = [*([settings_words(inner)] if inner is not None else []), *told]
    return type(estimator).__name__ + (f"({', '.join(parts)})" if parts else "")


def model_words(estimator: object) -> str:
    """Return an estimator as the figure names it: whether it has a trend is always said.

    Examples
    --------
    >>> model_words(InterruptedTimeSeries()), model_words(InterruptedTimeSeries(trend=False))
    ('interrupted time series with trend', 'interrupted time series without trend')
    """
    name, told = type(estimator).__name__, _settings(estimator)
    inner = getattr(estimator, "model", None)
    if isinstance(estimator, InterruptedTimeSeries):
        told.pop("trend", "")
        name = f"interrupted time series {'with' if estimator.trend else 'without'} trend"
    parts = [*([model_words(inner)] if inner is not None else []), *told.values()]
    return name + (f" ({', '.join(parts)})" if parts else "")


def titled(estimator: object) -> str:
    """Return an estimator as results bear its name, scale and all, with what that leaves out.

    Examples
    --------
    >>> titled(InterruptedTimeSeries(scale="log", errors="stationary"))
    "Interrupted time series (log scale, against its own trend), errors='stationary'"
    """
    title = getattr(estimator, "title", "")
    if not title:
        scale = _setting(estimator, "scale")
        return model_words(estimator) + ("" if scale == NOT_USED else f", {scale} scale")
    told = _settings(estimator)
    told.pop("trend", "")
    return ", ".join([title, *told.values()])


def _settings(estimator: object) -> dict[str, str]:
    """Return the settings of an estimator that are neither an axis nor its defaults."""
    fields = dataclasses.fields(estimator) if dataclasses.is_dataclass(estimator) else ()
    return {
        f.name: f"{f.name}={getattr(estimator, f.name)!r}"
        for f in fields
        if f.init and f.name not in _AXIS_FIELDS and getattr(estimator, f.name) != f.default
    }


def _with(estimator: Estimator, name: str, value: str | None) -> Estimator:
    """Return an estimator, or the one that it wraps, with a setting; the same where it has none."""
    if value is None or not dataclasses.is_dataclass(estimator) or isinstance(estimator, type):
        return estimator
    names = {f.name for f in dataclasses.fields(estimator)}
    inner: Estimator | None = getattr(estimator, "model", None)
    changes: dict[str, Any] = {}
    if name in names:
        changes = {name: value}
    elif inner is not None:
        changes = {"model": _with(inner, name, value)}
    return dataclasses.replace(estimator, **changes)


def _setting(estimator: object, name: str) -> str:
    """Return a setting of an estimator or of what it wraps."""
    inner = getattr(estimator, "model", None)
    found = getattr(estimator, name, None)
    return str(found) if found is not None else _setting(inner, name) if inner else NOT_USED
