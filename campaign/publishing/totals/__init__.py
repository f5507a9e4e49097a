"""Tables of totals: the request, the counted figures, the manifest and the published file."""
