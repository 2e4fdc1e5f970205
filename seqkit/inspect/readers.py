"""A language model, token ids and their names, from the arguments of a user."""

from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.special_ids import START_ID


def read(task_or_model: Any, text: Any) -> tuple[Any, np.ndarray, list[str]]:
    """The model, ids int32 `[T]` and tokens of a text: a string with a task, or ids."""
    model, tokenizer = language_model(task_or_model)
    if isinstance(text, str):
        if tokenizer is None:
            raise SeqkitError(
                "text: expected token ids with a bare model, found a string. Give the "
                "task, or tokenizer.encode([text])[0]"
            )
        text = tokenizer.encode([text])[0]
        if getattr(task_or_model, "start_id", None) == START_ID:
            text = [START_ID, *text]
    token_ids = _checked(text, getattr(model, "vocabulary_size", None))
    if tokenizer is None:
        tokens = [str(token_id) for token_id in token_ids]
    else:
        tokens = list(tokenizer.pieces(token_ids.tolist()))
    if not model.built:
        model.build((None, None))
    return model, token_ids, tokens


def language_model(task_or_model: Any) -> tuple[Any, Any]:
    """The `LanguageModel` of a task and its tokenizer, or a bare model and `None`."""
    model = getattr(task_or_model, "model", task_or_model)
    missing = [n for n in ("run", "initial_state", "logits") if not hasattr(model, n)]
    if missing:
        raise SeqkitError(
            "expected a language-modelling task or a seqkit.models.LanguageModel, "
            f"found {type(task_or_model).__name__}, which has no {missing[0]}"
        )
    return model, getattr(task_or_model, "tokenizer", None)


def _checked(token_ids, vocabulary_size):
    ids = np.asarray(token_ids)
    if ids.ndim != 1 or not ids.size or not np.issubdtype(ids.dtype, np.integer):
        found = f"an array of shape {ids.shape} and type {ids.dtype}"
        raise SeqkitError(
            "text: expected at least one token, as a text or a flat sequence of ids, "
            f"found {found if ids.size else 'none'}"
        )
    wrong = ids[(ids < 0) | (ids >= (vocabulary_size or np.inf))]
    if wrong.size:
        raise SeqkitError(
            f"text: expected ids from 0 to {vocabulary_size - 1}, found {wrong[0]}. "
            "Encode it with the tokenizer that the model was trained with"
        )
    return ids.astype("int32")
