"""Read models, one file each: their tables, and what every event does to them."""
