"""Finding records that are of the same person, and saying why: see docs/duplicates.md."""
