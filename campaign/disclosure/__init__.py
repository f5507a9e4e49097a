"""Cell suppression: which cells of published totals are suppressed so that no small one can be derived."""
