"""Totals as files that open right, add up, and say what every figure in them means."""
