"""Pretrained word vectors for a model's embedding."""

from collections.abc import Callable
from typing import Any

from seqkit.task.architectures import construct
from seqkit.task.reporting import report
from seqkit.task.task import Task


def with_word_vectors(
    task: Task, model_class: Callable, tokenizer: Any, **given: Any
) -> Any:
    """A model whose embedding begins from the file `word_vectors`, if there is one."""
    import numpy as np

    path, vectors = task.options.word_vectors, None
    if path is not None:
        from seqkit.tokenizers import read_word_vectors

        matrix, found = read_word_vectors(path, tokenizer.words)
        report(f"{path}: vectors for {int(found.sum()):,} of {len(found):,} words")
        special = tokenizer.vocabulary_size - len(found)
        vectors = np.pad(matrix, [(special, 0), (0, 0)]), np.pad(found, (special, 0))
        task.settle({"embedding_dim": matrix.shape[1]})
    model = construct(model_class, task.options, **given)
    if vectors is not None:
        model.set_word_vectors(*vectors)
    return model
