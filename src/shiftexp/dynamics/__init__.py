"""Timing and integration: who moved first, what is held in common; evidence, never effects."""
