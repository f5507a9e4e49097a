"""Which cells of published totals are hidden, so that nobody can compute what the small ones are."""
