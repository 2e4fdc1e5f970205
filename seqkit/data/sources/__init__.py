"""Finding the splits of a dataset, reading their files and storing their rows."""
