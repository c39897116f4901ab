"""Records that seem to be of the same person."""
