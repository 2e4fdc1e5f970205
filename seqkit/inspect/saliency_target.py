"""The log-odds of an answer, such as a label or the tag of a word."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from seqkit.errors import SeqkitError

OUTSIDE = "O"


def answer_of(
    task: Any, inputs: Any, outputs: Any, target: Any, num_words: int
) -> tuple[Any, Callable[[Any], Any]]:
    """The answer that a target of `saliency` names, and outputs to log-odds."""
    heads = outputs if isinstance(outputs, dict) else {}
    tagger = bool(heads) or len(outputs.shape) == 3
    if tagger and not isinstance(target, str):
        return _tag_answer(task, inputs, outputs, target, num_words)
    if tagger and "label" not in heads:
        raise SeqkitError(
            "target: expected the number of a word or (number, tag), since the model "
            f"has no labels, found {target!r}"
        )

    def logits(outputs):
        return outputs["label"] if tagger else outputs

    names = _names(task.labels)
    if target is None:
        target = names[int(np.argmax(ops.convert_to_numpy(logits(outputs))[0]))]
    place = _place(target, names, "label")
    alone = not tagger and getattr(task.model, "multi_label", False)
    return target, lambda outputs: log_odds(logits(outputs), place, alone)


def log_odds(logits: Any, place: int, alone: bool = False) -> Any:
    """log p / (1 - p) `[B]` of a class, p the softmax, or with `alone` the sigmoid."""
    logits = ops.cast(logits, "float32")
    mine = logits[:, place]
    if alone or logits.shape[1] == 1:
        return mine
    others = ops.concatenate([logits[:, :place], logits[:, place + 1 :]], axis=1)
    return mine - ops.logsumexp(others, axis=1)


def _tag_answer(task, inputs, outputs, target, num_words):
    names = _names(task.tags)

    def emissions(outputs):
        return outputs["tags"] if isinstance(outputs, dict) else outputs

    word, tag = target if isinstance(target, tuple | list) else (target, None)
    if tag is None:
        tags = [names[n] for n in _predicted(task.model, inputs, emissions(outputs))]
        if word is None:
            word = _first_entity(tags[:num_words], OUTSIDE in names)
        tag = tags[_word(word, num_words)]
    word, place = _word(word, num_words), _place(tag, names, "tag")
    return (word, tag), lambda outputs: log_odds(emissions(outputs)[:, word], place)


def _predicted(model, inputs, emissions):
    """Ids of the tags of one sentence, by the CRF if there is one."""
    if hasattr(model, "predict_tags"):
        found = model.predict_tags(inputs)["tag_ids"]
    else:
        found = ops.argmax(emissions, axis=-1)
    return np.asarray(ops.convert_to_numpy(found))[0].tolist()


def _first_entity(tags, has_outside):
    if has_outside:
        for number, tag in enumerate(tags):
            if tag != OUTSIDE:
                return number
    raise SeqkitError(
        "target: expected the number of a word or (number, tag), found None, and no "
        "entity is predicted"
    )


def _word(number, num_words):
    if not hasattr(number, "__index__") or not 0 <= number < num_words:
        raise SeqkitError(
            f"target: expected the number of a word from 0 to {num_words - 1}, found "
            f"{number!r}"
        )
    return int(number)


def _names(vocabulary):
    """Those of a `seqkit.tokenizers.LabelVocabulary`, or of a list."""
    return list(getattr(vocabulary, "names", vocabulary))


def _place(name, names, kind):
    if name not in names:
        raise SeqkitError(
            f"target: expected a {kind} out of {', '.join(map(repr, names))}, found "
            f"{name!r}"
        )
    return names.index(name)
