"""Sentence pairs: loading, token ids and batches."""
