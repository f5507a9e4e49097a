"""A page of figures and charts: gathered, put into words, drawn, and set as one file without scripts."""
