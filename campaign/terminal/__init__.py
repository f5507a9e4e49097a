"""The terminal: how commands are declared, asked for what is missing, say what they did, and end in an exit code."""
