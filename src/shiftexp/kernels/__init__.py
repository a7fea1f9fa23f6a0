"""Numbers: pure functions of arrays, batched over a leading axis, knowing nothing of countries."""
