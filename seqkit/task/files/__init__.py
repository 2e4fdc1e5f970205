"""Predictions for the rows of a file: reading it, keeping results, writing them."""
