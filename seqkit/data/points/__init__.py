"""Sets of vectors and orders of their indices: loading and batches."""
