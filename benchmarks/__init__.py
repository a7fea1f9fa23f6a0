"""Times of this library beside the fastest peers: `make bench`, into RESULTS.md."""
