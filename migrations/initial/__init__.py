"""The tables of the initial migration, by the packages that they belong to, and their functions and triggers."""
