"""What wrappers refuse before they see data: classes for models, numbers that are no whole ones."""

from __future__ import annotations

from shiftexp.errors import DesignError, Problem
from shiftexp.result import refuse_wrapping
from shiftexp.scalars import is_whole


def check_model(model: object, wrapper: str) -> None:
    """Refuse to wrap a class, or what has no batched ``solve``, such as another wrapper.

    Raises
    ------
    TypeError
        When ``model`` is not a Model.

    Examples
    --------
    >>> check_model(dict, "Permutation")
    Traceback (most recent call last):
    ...
    TypeError: Permutation(dict): a class is not a Model; build one, as in dict()
    """
    if isinstance(model, type):
        name = model.__name__
        message = f"{wrapper}({name}): a class is not a Model; build one, as in {name}()"
        raise TypeError(message)
    refuse_wrapping(model, wrapper)


def not_whole(name: str, value: object, least: int, remedy: str) -> tuple[Problem, ...]:
    """Return the problem of a setting that is no whole number, or too small a one.

    Parameters
    ----------
    name : str
        The setting.
    value : object
        What was given.
    least : int
        The smallest number allowed.
    remedy : str
        What to do instead.
    """
    if is_whole(value) and value >= least:
        return ()
    return (Problem(f"{name} = {value!r}", f"a whole number, at least {least}", remedy),)


def no_seed(rng: object) -> tuple[Problem, ...]:
    """Return the problem of a seed that is none: a wrapper is known by its settings alone."""
    return not_whole("rng", rng, 0, "write a seed, such as rng=1")


def refuse(*problems: Problem) -> None:
    """Raise all problems at once, if there are any.

    Raises
    ------
    DesignError
        When there is one.
    """
    if problems:
        raise DesignError(problems)
