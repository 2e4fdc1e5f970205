"""Pretrained word vectors, as a model's embedding wants them."""

import numpy as np

from seqkit.recipes._configuration import report


def vectors_by_id(path, tokenizer):
    """The vectors of a file for the words of a tokenizer, and how many there are.

    Args:
        path: A GloVe or word2vec text file.
        tokenizer: With `words`, the last ids of its `vocabulary_size`.

    Returns:
        Float32 array `[V, D]` and booleans `[V]`, `True` where the file has the word.
    """
    from seqkit.tokenizers import read_word_vectors

    matrix, found = read_word_vectors(path, tokenizer.words)
    report(f"{path}: vectors for {int(found.sum()):,} of {len(found):,} words")
    special = tokenizer.vocabulary_size - len(found)
    return np.pad(matrix, [(special, 0), (0, 0)]), np.pad(found, (special, 0))
