"""Wrappers that give a Model another inference: they take a Model and are an Estimator."""
