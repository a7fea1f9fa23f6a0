"""Every way to estimate the effects at origin and destination: one file a method."""
