"""Tasks that read the words of a text."""

from collections.abc import Callable
from typing import Any

from seqkit.options import groups
from seqkit.task.assets import asset
from seqkit.task.task import Task


class WordOptions(
    groups.Precision,
    groups.EarlyStopping,
    groups.Optimization,
    groups.TokenBatches,
    groups.Tags,
    groups.Data,
):
    """What `build` takes."""


class WordTask(Task):
    """A task that reads words, split by the option `word_rule`, and their characters.

    Its options include those of `WordTask.Options`.

    Attributes:
        encoder: The `seqkit.tokenizers.WordEncoder`: what the model sees of a word.
        splitter: The `seqkit.tokenizers.WordSplitter` of raw strings.
    """

    Options = WordOptions

    encoder = asset(
        "words.json",
        "seqkit.tokenizers:WordEncoder.load",
        sizes={n: n for n in ("vocabulary_size", "num_characters", "num_shapes")},
    )

    @property
    def splitter(self) -> Any:
        from seqkit.tokenizers import WordSplitter

        return WordSplitter(self.options.word_rule)

    def words_of(self, inputs: list) -> list[tuple[str, list[str], list]]:
        """The text, words and spans of each string, or of each list of words."""
        from seqkit.inference.words import words_of

        splitter = self.splitter
        return [words_of(text, row, splitter) for row, text in enumerate(inputs)]

    def run(self, function: Callable, sentences: list, batch_size: int) -> list[dict]:
        """What a function returns for each list of words, a dictionary of arrays.

        The function is compiled once, from the inputs of the model to a dictionary of
        tensors of as many rows. Arrays are padded to the longest of their batch.
        """
        from seqkit.inference import RowRunner
        from seqkit.inference.words import WORD_INPUTS, word_inputs

        runner = self.of_model(
            ("words", function.__name__),
            lambda model: RowRunner(model, function, WORD_INPUTS),
        )

        def batch(rows, length):
            return word_inputs(self.encoder, [sentences[i] for i in rows], length)

        return runner([len(words) for words in sentences], batch, batch_size)

    def saliency_inputs(self, text: str) -> tuple[dict[str, Any], Any, list[str]]:
        """What `seqkit.inspect.saliency` needs of a text: inputs, mask and tokens."""
        import numpy as np

        from seqkit.inference.words import word_inputs

        ((_, words, _),) = self.words_of([text])
        inputs = word_inputs(self.encoder, [words] if words else [])
        return inputs, np.ones((1, len(words)), bool), words
