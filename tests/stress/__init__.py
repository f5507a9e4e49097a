"""Rehearsals of everything that may go wrong, each a function that says how often it tried and what it found."""
