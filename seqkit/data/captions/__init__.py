"""Images and their captions: loading, image arrays, token ids and batches."""
