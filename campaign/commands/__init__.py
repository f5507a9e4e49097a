"""One file for each group of commands: words become typed values, a person's act is one call of the application."""
