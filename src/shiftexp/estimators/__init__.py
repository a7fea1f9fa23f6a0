"""Every way to estimate the effects at origin and destination: one file a method."""

from __future__ import annotations

from shiftexp.estimators import displacement

__all__ = ["displacement"]
