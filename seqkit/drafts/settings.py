"""Settings that suit the size and the lengths of a dataset, by simple rules."""

from collections.abc import Container, Iterator
from typing import Any, NamedTuple

from seqkit.checks import Examples
from seqkit.checks.labels import counted
from seqkit.checks.lengths import measured


class Setting(NamedTuple):
    """An option of `build` with its value, and the reason for it in a few words."""

    name: str
    value: Any
    why: str


class Size(NamedTuple):
    """What the rules look at.

    Attributes:
        rows: Rows of train.
        words: Words of train.
        longest: Words of its longest text.
        usual: The number of words that 95 of 100 texts do not exceed.
    """

    rows: int
    words: int
    longest: int
    usual: int


def settings(examples: Examples, known: Container[str]) -> Iterator[Setting]:
    """Yields settings for the options that are known, in an order to read them."""
    size = size_of(examples)
    for rule in (_data, _labels, _tokenizer, _network, _training):
        for setting in rule(examples, size):
            if setting.name in known:
                yield setting


def size_of(examples: Examples) -> Size:
    """The size of train."""
    rows = len(examples.splits["train"])
    texts = examples.columns("text", "texts", "words")
    found = [measured(examples, "train", column)["words"] for column in texts]
    longest = max((one["max"] for one in found), default=0)
    usual = max((one["p95"] for one in found), default=0)
    mean = sum(one["mean"] for one in found)
    return Size(rows, round(mean * rows), longest, usual)


def _step(number: int, steps: dict[int, Any], beyond: Any) -> Any:
    """The value of the first step that a number is below."""
    return next((value for limit, value in steps.items() if number < limit), beyond)


def _data(examples: Examples, size: Size) -> Iterator[Setting]:
    bad = sum(map(len, examples.splits.errors.values()))
    if bad:
        count = sum(examples.splits.skipped.values())
        why = f"{count:,} rows are bad; seqkit check names the first"
        yield Setting("on_error", "skip", why)
    if not any(name.startswith("test") for name in examples.splits):
        why = "there is no test split, so a tenth is set aside"
        yield Setting("test_fraction", 0.1, why)


def _labels(examples: Examples, size: Size) -> Iterator[Setting]:
    for column in examples.columns("labels"):
        total, several = 0, 0
        for labels in examples.splits.column("train", column):
            total, several = total + 1, several + (len(labels) != 1)
        if several:
            why = f"{several:,} of {total:,} texts have several labels, or none"
            yield Setting("multi_label", True, why)
            continue
        counts = counted(examples, "train", column)
        most, least = max(counts.values()), min(counts.values())
        if most > 10 * least:
            why = f"the rarest label has {least:,} examples, the most frequent {most:,}"
            yield Setting("class_weight", "balanced", why)


def _tokenizer(examples: Examples, size: Size) -> Iterator[Setting]:
    words = f"train has {size.words:,} words"
    kind = examples.options.get("tokenizer_type")
    if examples.is_running_text and size.words < 300_000:
        kind = "character"
        yield Setting("tokenizer_type", kind, f"{words}, too few to learn pieces well")
    if kind in ("unigram", "bpe"):
        steps = {10_000: 1000, 100_000: 2000, 500_000: 4000, 20_000_000: 8000}
        yield Setting("vocabulary_size", _step(size.words, steps, 32_000), words)
    if kind == "word":
        least = _step(size.words, {50_000: 1, 500_000: 2}, 4)
        yield Setting("min_count", least, words)
    if examples.columns("text", "texts", target=True):
        most = min(max(32, 8 * (2 * size.longest // 8 + 1)), 1024)
        why = f"the longest text has {size.longest:,} words, of up to two tokens each"
        yield Setting("max_length", most, why)
    elif examples.columns("labels", "label") and size.usual > 256:
        why = f"95 % of the texts have up to {size.usual:,} words; more takes long"
        yield Setting("max_length", 512, why)


def _network(examples: Examples, size: Size) -> Iterator[Setting]:
    rows = size.rows
    if examples.is_running_text:
        rows = size.words // 20  # sentences
    why = f"train has {size.rows:,} rows"
    width = _step(rows, {2_000: 64, 20_000: 128, 200_000: 256}, 512)
    yield Setting("hidden_dim", width, why)
    if rows < 5_000:
        yield Setting("dropout", 0.3, f"{why}, which are easily learnt by heart")
    if not examples.is_running_text:
        batch = _step(rows, {500: 8, 2_000: 16, 10_000: 32, 200_000: 64}, 128)
        yield Setting("batch_size", batch, why)
    else:
        lanes = min(max(size.words // 5_000, 4), 64)
        yield Setting("batch_size", lanes, f"train has {size.words:,} words")


def _training(examples: Examples, size: Size) -> Iterator[Setting]:
    rows = size.words // 20 if examples.is_running_text else size.rows
    epochs = _step(rows, {1_000: 40, 10_000: 20, 100_000: 10, 1_000_000: 5}, 2)
    why = "passes over train, which is "
    why += "small" if epochs > 10 else "large" if epochs < 10 else "of a usual size"
    yield Setting("schedule_epochs", epochs, why)
    if "validation" in examples.splits:
        why = "epochs without a better validation figure after which training stops"
        yield Setting("patience", max(2, epochs // 3), why)
