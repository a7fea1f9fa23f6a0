"""What wrappers refuse before they see data: classes and other wrappers in place of models."""

from __future__ import annotations

from shiftexp.wrappable import refuse_wrapping


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
