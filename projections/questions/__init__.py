"""Questions to the read models, one file each: typed rows that terminal, page and exports show."""
