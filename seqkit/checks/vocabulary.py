"""Words and characters that train does not have."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from seqkit.checks.examples import Examples, hash_strings, percent
from seqkit.checks.findings import Finding
from seqkit.data.sources.lines import brief

SHARE = 0.2
"""Share of unknown words beyond which a split hardly resembles train."""
_SIGNS = ".,;:!?\"'()[]«»„“”‚‘’…"
_KEPT = 100_000  # unknown words that are counted one by one
_CODES = 0x110000


def unknown_words(examples: Examples) -> Iterator[Finding]:
    """Words of other splits that are not in train, in any casing."""
    for column in examples.columns("text", "texts", "words"):
        if "train" not in examples.splits:
            return
        known = np.empty(0, np.uint64)
        new: list[np.ndarray] = []
        for words, _ in _words(examples, "train", column):
            new.append(hash_strings(words))
            if sum(map(len, new)) > 1 << 20:
                known, new = np.unique(np.concatenate([known, *new])), []
        known = np.unique(np.concatenate([known, *new]))
        for split in examples.others:
            yield _unknown(examples, split, column, known)


def _unknown(examples, split, column, known):
    total, times, unknown = 0, 0, Counter()
    for words, counts in _words(examples, split, column):
        is_new = ~np.isin(hash_strings(words), known)
        total += int(counts.sum())
        times += int(counts[is_new].sum())
        if len(unknown) < _KEPT:
            new = words.filter(is_new).to_pylist()
            unknown.update(dict(zip(new, counts[is_new].tolist(), strict=True)))
    most = ", ".join(f"{brief(word)} {n:,}" for word, n in unknown.most_common(5))
    return Finding(
        f"{split}, {column}: {times:,} of {total:,} words ({percent(times, total)}) "
        f"are not in train" + (f", most often {most}" if most else ""),
        "warn" if times > SHARE * total else "pass",
        times,
        figures={"split": split, "column": column, "different": len(unknown)},
    )


def _words(examples, split, column):
    """Yields the different words of a batch in lower case, and how often each is."""
    for _, texts in examples.strings(split, column):
        if examples.fields[column].kind != "words":
            texts = pc.utf8_split_whitespace(texts).flatten()  # type: ignore
        found = pc.value_counts(texts)  # type: ignore
        words = pc.utf8_lower(found.field("values"))  # type: ignore
        if examples.fields[column].kind != "words":
            words = pc.utf8_trim(words, _SIGNS)  # type: ignore
        counts = found.field("counts").to_numpy()
        is_word = pc.greater(pc.binary_length(words), 0)  # type: ignore
        yield words.filter(is_word), counts[is_word.to_numpy(zero_copy_only=False)]


def unknown_characters(examples: Examples) -> Iterator[Finding]:
    """Characters of other splits that are not in train."""
    for column in examples.columns("text", "texts", "words"):
        if "train" not in examples.splits:
            return
        known = character_counts(examples, "train", column) > 0
        for split in examples.others:
            counts = character_counts(examples, split, column)
            total = int(counts.sum())
            counts = np.where(known, 0, counts)
            times = int(counts.sum())
            order = np.argsort(-counts, kind="stable")[:8]
            most = ", ".join(
                f"{chr(code)!r} {counts[code]:,}" for code in order if counts[code]
            )
            yield Finding(
                f"{split}, {column}: {times:,} of {total:,} characters are not in train"
                + (f", most often {most}" if most else ""),
                "warn" if 500 * times > total else "pass",
                times,
                figures={
                    "split": split,
                    "column": column,
                    "different": int((counts > 0).sum()),
                },
            )


def character_counts(examples: Examples, split: str, column: str) -> np.ndarray:
    """How often each code point is in a column `[0x110000]`."""

    def count():
        counts = np.zeros(_CODES, np.int64)
        for _, texts in examples.strings(split, column):
            text = "".join(texts.to_pylist())
            codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
            some = np.bincount(codes)
            counts[: len(some)] += some
        return counts

    return examples.once(("characters", split, column), count)
