"""Regional totals: what each office contributes, and how contributions are merged."""
