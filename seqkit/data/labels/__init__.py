"""Texts with labels: loading, token ids and batches."""
