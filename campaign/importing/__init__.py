"""Importing: tables from files become entries, each row once; what cannot be taken goes back to be mended."""
