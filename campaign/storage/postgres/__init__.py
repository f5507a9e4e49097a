"""One PostgreSQL for many offices: the same log, personal texts and read models, in a database they share."""
