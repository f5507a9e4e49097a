"""The benchmark: every speed and size the tracker promises on one machine, measured against what it is compared with."""
