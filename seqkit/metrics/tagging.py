"""Scores of tagged sentences: entities as conlleval counts them, or single tags."""

from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.metrics.counts import (
    all_kinds,
    by_kind,
    count_statistics,
    f1,
    macro,
    nested,
    precision,
    recall,
)
from seqkit.metrics.measures import Figure, Measures, ratio

# The prefixes of a type in each scheme.
_PREFIXES = {"IOB1": "BI", "BIO": "BI", "BIOES": "BIES"}
NOTHING = "-"  # in `confusion`: no entity of that span


def tagging_scores(
    gold: Iterable[Iterable[str]],
    predicted: Iterable[Iterable[str]],
    scheme: str | None = None,
) -> dict[str, Any]:
    """Entity F1 and word accuracy of tagged sentences.

    With a scheme, entities are read and counted as by `conlleval` (Tjong Kim Sang and
    Buchholz 2000, https://aclanthology.org/W00-0726/), with seqeval in its default
    mode: an entity is right if its type and both its ends are; `I-X` that follows no
    entity of type X begins one. `E-` and `S-` end theirs. conlleval prints percent,
    these are fractions.

    - precision = right / predicted entities
    - recall = right / entities of the gold
    - f1 = 2 precision recall / (precision + recall)

    over all sentences and types together; a division by zero is 0. Without a scheme, as
    for parts of speech, single tags are counted, as scikit-learn does.

    Args:
        gold, predicted: The right and the predicted tags, a list for each sentence.
        scheme: `"IOB1"`, `"BIO"` (IOB2) or `"BIOES"`, or `None` for single tags.

    Returns:
        Dictionary of numbers from 0 to 1, ready for JSON:

        - `precision`, `recall`, `f1` with a scheme, `macro_f1` without: the mean over
          the tags that occur.
        - `accuracy`, the fraction of words whose tag is right.
        - `types` with a scheme, `tags` without: for each `precision`, `recall`, `f1`
          and `support`, the number of its entities or words in the gold.
        - `confusion`: `confusion["PER"]["ORG"]` counts entities of type PER that were
          found as ORG. Column `"-"` counts entities whose span was not found, row `"-"`
          spans found that are not entities. Counts of 0 have no entry.
        - `confusions`, without a scheme: the 20 most frequent mistakes, lists
          `[gold, predicted, count]`.
        - `signature`: the settings.

    Raises:
        SeqkitError: There is nothing to score, numbers of sentences or words differ,
            the scheme is unknown, or a tag is not of the scheme.

    >>> from seqkit.metrics import tagging_scores
    >>> gold = [["B-PER", "I-PER", "O", "B-LOC"]]
    >>> found = [["B-PER", "I-PER", "O", "B-ORG"]]
    >>> scores = tagging_scores(gold, found, "BIO")
    >>> scores["f1"], scores["accuracy"], scores["confusion"]["LOC"]
    (0.5, 0.75, {'ORG': 1})
    """
    return tagging_measures(gold, predicted, scheme).values()


def tagging_measures(
    gold: Iterable[Iterable[str]],
    predicted: Iterable[Iterable[str]],
    scheme: str | None = None,
) -> Measures:
    """The `Measures` of tagged sentences, from which `tagging_scores` follow."""
    if scheme is not None and scheme not in _PREFIXES:
        raise SeqkitError(
            f"scheme: expected one of {', '.join(_PREFIXES)} or None, found {scheme!r}"
        )
    gold = _checked(gold, "gold", scheme)
    predicted = _checked(predicted, "predicted", scheme)
    if len(gold) != len(predicted) or not any(gold):
        raise SeqkitError(
            "expected tags of as many sentences in gold and predicted, and at least "
            f"one word, found {len(gold)} and {len(predicted)} sentences with "
            f"{sum(map(len, gold))} and {sum(map(len, predicted))} words"
        )
    for row, (right, found) in enumerate(zip(gold, predicted, strict=True)):
        if len(right) != len(found):
            raise SeqkitError(
                f"predicted, sentence {row}: expected {len(right)} tags as in gold, "
                f"found {len(found)}"
            )
    measure = _tag_measures if scheme is None else _entity_measures
    return measure(gold, predicted, scheme)


def _checked(sentences, argument, scheme):
    """The sentences as lists, every tag of the scheme."""
    sentences = [list(sentence) for sentence in sentences]
    for tag in {tag: None for sentence in sentences for tag in sentence}:
        if _is_tag(tag, scheme):
            continue
        row = next(n for n, sentence in enumerate(sentences) if tag in sentence)
        wanted = "a string"
        if scheme is not None:
            begins = ", ".join(f"{prefix}-" for prefix in _PREFIXES[scheme])
            wanted = f"O or a type after one of {begins} as in {scheme}"
        raise SeqkitError(
            f"{argument}, sentence {row}: expected tags that are {wanted}, found "
            f"{tag!r}. Convert the tags, or name their scheme"
        )
    return sentences


def _is_tag(tag, scheme):
    if not isinstance(tag, str):
        return False
    if scheme is None or tag == "O":
        return True
    # "B" and "I" alone are valid if there is one type.
    return tag[:1] in tuple(_PREFIXES[scheme]) and tag[1:2] in ("", "-")


def _words(gold, predicted):
    """Right words and words of each sentence, `[N, 2]`."""
    rows = [
        (sum(map(str.__eq__, right, found)), len(right))
        for right, found in zip(gold, predicted, strict=True)
    ]
    return np.array(rows, "float64").reshape(-1, 2)


def _entity_measures(gold, predicted, scheme):
    from seqeval.metrics.sequence_labeling import get_entities

    pairs, found_types, sentences = Counter(), set(), []
    for tags in zip(gold, predicted, strict=True):
        right, found = (
            {(start, end): kind for kind, start, end in get_entities(one)}
            for one in tags
        )
        pairs.update(
            (right.get(span, NOTHING), found.get(span, NOTHING))
            for span in {**right, **found}
        )
        found_types |= {*right.values(), *found.values()}
        both = [kind for span, kind in right.items() if found.get(span) == kind]
        sentences.append((both, list(right.values()), list(found.values())))
    kinds = sorted(found_types)
    place = {kind: number for number, kind in enumerate(kinds)}
    numbered = (
        tuple([place[kind] for kind in group] for group in triple)
        for triple in sentences
    )
    counts = count_statistics(numbered, len(kinds))
    statistics = {
        "entities": all_kinds(counts),
        "types": counts,
        "words": _words(gold, predicted),
    }
    return Measures(
        statistics,
        {
            "precision": Figure("entities", precision),
            "recall": Figure("entities", recall),
            "f1": Figure("entities", f1),
            "accuracy": Figure("words", ratio, unit=str(scheme)),
            "types": by_kind(kinds, "types"),
            "confusion": nested([*kinds, NOTHING], pairs),
            "signature": f"seqeval|mode:conlleval|scheme:{scheme}|average:micro|"
            f"version:{version('seqeval')}",
        },
    )


def _tag_measures(gold, predicted, _):
    pairs = Counter(
        pair
        for right, found in zip(gold, predicted, strict=True)
        for pair in zip(right, found, strict=True)
    )
    names = sorted({name for pair in pairs for name in pair})
    place = {name: number for number, name in enumerate(names)}
    sentences = (
        (
            [
                place[one]
                for one, other in zip(right, found, strict=True)
                if one == other
            ],
            [place[one] for one in right],
            [place[one] for one in found],
        )
        for right, found in zip(gold, predicted, strict=True)
    )
    mistakes = [[*pair, n] for pair, n in pairs.items() if pair[0] != pair[1]]
    mistakes.sort(key=lambda mistake: (-mistake[2], mistake[:2]))
    return Measures(
        {
            "tags": count_statistics(sentences, len(names)),
            "words": _words(gold, predicted),
        },
        {
            "accuracy": Figure("words", ratio),
            "macro_f1": macro(names, "tags"),
            "tags": by_kind(names, "tags"),
            "confusion": nested(names, pairs),
            "confusions": mistakes[:20],
            "signature": "seqkit|tags|zero_division:0",
        },
    )
