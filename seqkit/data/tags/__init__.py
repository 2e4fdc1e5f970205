"""Sentences with a tag for each word: loading, schemes and batches."""
