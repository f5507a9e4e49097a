"""Personal texts: kept apart from the log in a store that can really delete, and erased wherever they may lie."""
