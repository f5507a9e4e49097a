"""The report page: figures, texts and charts in one HTML file without scripts."""
