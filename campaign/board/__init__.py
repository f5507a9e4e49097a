"""The board: figures on the whole terminal, reloaded when the log grows."""
