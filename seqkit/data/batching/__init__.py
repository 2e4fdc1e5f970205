"""Which rows a batch holds, padding, and what `fit` reads."""
