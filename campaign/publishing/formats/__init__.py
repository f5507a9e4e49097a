"""File formats, one module each: how a table of totals is written, and how it is read back."""
