"""Scores of tagged sentences: entities as conlleval counts them, or single tags."""

from collections import Counter

from seqkit.errors import SeqkitError

# What may stand before the type in each scheme.
_PREFIXES = {"IOB1": "BI", "BIO": "BI", "BIOES": "BIES"}
NOTHING = "-"  # in `confusion`: no entity of that span


def tagging_scores(gold, predicted, scheme=None):
    """Entity F1 and word accuracy of tagged sentences.

    With a scheme the entities are read and counted as `conlleval` does (Tjong Kim Sang
    and Buchholz 2000, https://aclanthology.org/W00-0726/), by seqeval in its default
    mode: an entity is right where its type and both its ends are; `I-X` that follows
    no entity of type X begins one. `E-` and `S-` end theirs. conlleval prints percent,
    these are fractions.

    - precision = right / predicted entities
    - recall = right / entities of the gold
    - f1 = 2 precision recall / (precision + recall)

    over all sentences and types together; whatever would be divided by zero is 0.
    Without a scheme, as for parts of speech, scikit-learn counts single tags.

    Args:
        gold: The right tags, a list of strings for each sentence.
        predicted: As many tags for the same sentences.
        scheme: `"IOB1"`, `"BIO"` (IOB2) or `"BIOES"`, or `None` for tags that stand
            alone.

    Returns:
        Dictionary of numbers from 0 to 1, ready for JSON:

        - `precision`, `recall`, `f1` with a scheme, `macro_f1` without: the mean over
          the tags that occur.
        - `accuracy`, the fraction of words whose tag is right.
        - `types` with a scheme, `tags` without: for each `precision`, `recall`, `f1`
          and `support`, the number of its entities or words in the gold.
        - `confusion`: `confusion["PER"]["ORG"]` counts entities of type PER that were
          found as ORG. Column `"-"` counts entities where none of the same span was
          found, row `"-"` those found that are none. What never happened has no entry.
        - `confusions`, without a scheme: the 20 most frequent mistakes, lists
          `[gold, predicted, count]`.
        - `signature`: what counted, how.

    Raises:
        SeqkitError: There is nothing to score, numbers of sentences or words differ,
            the scheme is unknown, or a tag is not of the scheme.

    Example:

    >>> from seqkit.metrics import tagging_scores
    >>> gold = [["B-PER", "I-PER", "O", "B-LOC"]]
    >>> found = [["B-PER", "I-PER", "O", "B-ORG"]]
    >>> scores = tagging_scores(gold, found, "BIO")
    >>> scores["f1"], scores["accuracy"], scores["confusion"]["LOC"]
    (0.5, 0.75, {'ORG': 1})
    >>> tagging_scores([["DET", "NOUN"]], [["DET", "VERB"]])["confusions"]
    [['NOUN', 'VERB', 1]]
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
            wanted = f"O or a type behind one of {begins} as in {scheme}"
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
    # "B" and "I" alone do where there is one type.
    return tag[:1] in tuple(_PREFIXES[scheme]) and tag[1:2] in ("", "-")


def _entity_scores(gold, predicted, scheme):
    from seqeval.metrics.sequence_labeling import (
        accuracy_score,
        get_entities,
        precision_recall_fscore_support,
    )

    def scores(average):
        return precision_recall_fscore_support(
            gold, predicted, average=average, zero_division=0
        )

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
        f"version:{_version('seqeval')}",
    }


def _tag_scores(gold, predicted, _):
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    gold = [tag for sentence in gold for tag in sentence]
    predicted = [tag for sentence in predicted for tag in sentence]
    pairs = Counter(zip(gold, predicted, strict=True))
    names = sorted({*gold, *predicted})
    scores = precision_recall_fscore_support(
        gold, predicted, labels=names, zero_division=0
    )
    mistakes = [[*pair, n] for pair, n in pairs.items() if pair[0] != pair[1]]
    mistakes.sort(key=lambda mistake: (-mistake[2], mistake[:2]))
    return {
        "accuracy": float(accuracy_score(gold, predicted)),
        "macro_f1": float(scores[2].mean()),
        "tags": by_name(names, *scores),
        "confusion": nested(names, pairs),
        "confusions": mistakes[:20],
        "signature": f"scikit-learn|version:{_version('scikit-learn')}",
    }


def by_name(names, precision, recall, f1, support):
    """Four arrays `[N]` as a dictionary for each of N names."""
    rows = zip(names, precision, recall, f1, support, strict=True)
    return {
        name: {
            "precision": float(p),
            "recall": float(r),
            "f1": float(f),
            "support": int(n),
        }
        for name, p, r, f, n in rows
    }


def nested(names, pairs):
    """Counts of pairs as `{row: {column: count}}`, rows and columns ordered as names.

    Every name has a row; what was not counted has no entry in it.
    """
    table = {name: {} for name in names}
    place = {name: n for n, name in enumerate(names)}
    for row, column in sorted(pairs, key=lambda pair: place[pair[1]]):
        table[row][column] = int(pairs[row, column])
    return table


def _version(package):
    from importlib.metadata import version

    return version(package)
