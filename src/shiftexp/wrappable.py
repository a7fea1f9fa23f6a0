"""What can be wrapped: models with a batched ``solve`` that read one indicator, not two."""

from __future__ import annotations


def of_two_indicators(model: object) -> bool:
    """Tell whether a model reads two indicators, as a ratio of ratios does.

    Examples
    --------
    >>> of_two_indicators(3)
    False
    """
    return bool(getattr(model, "two_indicators", False))


def refuse_wrapping(model: object, wrapper: str) -> None:
    """Refuse to wrap what has no batched ``solve``, or reads two indicators.

    Raises
    ------
    TypeError
        When ``model`` is not a Model, such as another wrapper.
    TypeError
        When it compares two indicators: wrappers refit one.

    Examples
    --------
    >>> refuse_wrapping(3, "Conformal")
    Traceback (most recent call last):
    ...
    TypeError: Conformal(3): int is not a Model (no batched solve); wrap an estimator such as
    InterruptedTimeSeries
    """
    if not (hasattr(model, "solve") and hasattr(model, "prepare")):
        message = (
            f"{wrapper}({model!r}): {type(model).__name__} is not a Model (no batched solve); "
            "wrap an estimator such as InterruptedTimeSeries"
        )
        raise TypeError(message)
    if of_two_indicators(model):
        message = (
            f"{wrapper}({model!r}): wrappers refit one indicator, {type(model).__name__} compares "
            "two; fit it as it is: its own law holds for autocorrelated series"
        )
        raise TypeError(message)
