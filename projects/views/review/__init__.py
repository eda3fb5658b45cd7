"""The pages of review: what waits, what is said of it, and what was deleted."""
