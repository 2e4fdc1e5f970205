"""Text for language models: loading, token ids and batches."""
