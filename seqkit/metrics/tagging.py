"""Scores of tagged sentences: entities as conlleval counts them, or single tags."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from seqkit.errors import SeqkitError

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
    for parts of speech, scikit-learn counts single tags.

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
        - `signature`: the library and the settings.

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
    count = _tag_scores if scheme is None else _entity_scores
    return count(gold, predicted, scheme)


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


def _entity_scores(gold, predicted, scheme):
    from seqeval.metrics.sequence_labeling import (
        accuracy_score,
        get_entities,
        precision_recall_fscore_support,
    )

    def scores(average) -> Any:
        options: Any = {"average": average, "zero_division": 0}
        return precision_recall_fscore_support(gold, predicted, **options)

    right = {(start, end): kind for kind, start, end in get_entities(gold)}
    found = {(start, end): kind for kind, start, end in get_entities(predicted)}
    pairs = Counter(
        (right.get(span, NOTHING), found.get(span, NOTHING))
        for span in {**right, **found}
    )
    kinds = sorted({*right.values(), *found.values()})
    precision, recall, f1, _ = scores("micro")
    return {
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "accuracy": float(accuracy_score(gold, predicted)),
        "types": by_name(kinds, *scores(None)),
        "confusion": nested([*kinds, NOTHING], pairs),
        "signature": f"seqeval|mode:conlleval|scheme:{scheme}|average:micro|"
        f"version:{version('seqeval')}",
    }


def _tag_scores(gold, predicted, _):
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    gold = [tag for sentence in gold for tag in sentence]
    predicted = [tag for sentence in predicted for tag in sentence]
    pairs = Counter(zip(gold, predicted, strict=True))
    names = sorted({*gold, *predicted})
    options: Any = {"labels": names, "zero_division": 0}
    scores: Any = precision_recall_fscore_support(gold, predicted, **options)
    mistakes = [[*pair, n] for pair, n in pairs.items() if pair[0] != pair[1]]
    mistakes.sort(key=lambda mistake: (-mistake[2], mistake[:2]))
    return {
        "accuracy": float(accuracy_score(gold, predicted)),
        "macro_f1": float(scores[2].mean()),
        "tags": by_name(names, *scores),
        "confusion": nested(names, pairs),
        "confusions": mistakes[:20],
        "signature": f"scikit-learn|version:{version('scikit-learn')}",
    }


def by_name(names: Sequence[str], *figures: Any) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and support, four arrays `[N]`, for each of N names."""
    kinds = {"precision": float, "recall": float, "f1": float, "support": int}
    return {
        name: {
            kind: make(x) for (kind, make), x in zip(kinds.items(), row, strict=True)
        }
        for name, *row in zip(names, *figures, strict=True)
    }


def nested(
    names: Sequence[str], pairs: Mapping[tuple[str, str], int]
) -> dict[str, dict[str, int]]:
    """Counts as `{row: {column: count}}`, ordered as names; every name has a row."""
    table = {name: {} for name in names}
    place = {name: n for n, name in enumerate(names)}
    for row, column in sorted(pairs, key=lambda pair: place[pair[1]]):
        table[row][column] = int(pairs[row, column])
    return table
