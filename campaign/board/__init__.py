"""The board: figures on the whole terminal, read anew when the log moves."""
