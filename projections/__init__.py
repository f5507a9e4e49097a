"""Read models: each file holds its tables, what every event does to them, and the questions they answer."""
