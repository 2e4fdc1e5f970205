"""Tasks that read one text at a time, through one tokenizer."""

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from seqkit.options import groups
from seqkit.special_ids import END_ID
from seqkit.task.assets import asset
from seqkit.task.batching import bucket_plan, over_length, resampling, with_room
from seqkit.task.fields import Field
from seqkit.task.reporting import report
from seqkit.task.task import Task

if TYPE_CHECKING:
    from seqkit.data import LabelledBatches


class TokenizerOptions(groups.Tokenizer, groups.Common):
    """What `build` takes."""


class TokenizerTask(Task):
    """A task with one `tokenizer`; its options include `groups.Tokenizer`."""

    Options = TokenizerOptions

    tokenizer = asset(
        "tokenizer",
        "seqkit.tokenizers:load_tokenizer",
        sizes={"vocabulary_size": "vocabulary_size"},
    )

    def learn(self) -> None:
        """Learns the tokenizer from the column text; a recipe may learn more."""
        self.learn_tokenizer()

    def learn_tokenizer(
        self,
        texts: Callable[[Any], Iterable[str]] = operator.itemgetter("text"),
        **sentencepiece: Any,
    ) -> None:
        """Sets the tokenizer: the one that was given, or one learnt from train.

        `texts` makes strings of the training examples; further arguments are those of
        `SentencePieceTokenizer.train`.
        """
        from seqkit.tokenizers import load_tokenizer
        from seqkit.tokenizers.learning import learn_tokenizer

        options, kind = self.options, self.options.tokenizer_type
        if options.tokenizer is not None:
            self.tokenizer = load_tokenizer(options.tokenizer)
            return
        train = None
        if kind != "byte":
            train = self.train_split(
                "The tokenizer is learnt from it; give tokenizer= to do without."
            )
        self.tokenizer = learn_tokenizer(
            kind,
            () if train is None else texts(train),
            vocabulary_size=options.vocabulary_size,
            min_count=options.min_count,
            **sentencepiece,
        )
        for note in getattr(self.tokenizer, "notes", ()):
            report(note)


class TextTask(TokenizerTask):
    """A task that reads each text as token ids, those of the text and `</s>`."""

    fields = {
        "text": Field("text"),
        "labels": Field("labels", target=True, optional=True, option="label"),
    }

    @property
    def max_length(self) -> int | None:
        """Most tokens that are read of a text, its `</s>` included."""
        return self.config.get("max_length")

    def limits(self):
        from seqkit.checks import Limit

        if self.max_length is None:
            return {}
        count = self.counter("tokenizer", lambda texts: self.tokenizer.encode(texts))
        return {
            "text": Limit("max_length", self.max_length, "tokens", "are cut", count)
        }

    def token_ids(self, texts: list[str]) -> list[list[int]]:
        """The ids that the model reads of each text, cut to `max_length`."""
        ids = [[*row, END_ID] for row in self.tokenizer.encode(texts)]
        return [row[: self.max_length] for row in ids]

    def count_cut(self, texts: list[str]) -> int:
        """How many texts have more than `max_length` tokens."""
        limit = self.max_length
        if limit is None:
            return 0
        return sum(len(ids) >= limit for ids in self.tokenizer.encode(texts))

    def _labelled(self, split: str) -> Any:
        """The texts of a split, tokenized, with their labels."""
        from seqkit.data import tokenize_labelled

        return tokenize_labelled(
            self.split(split),
            self.tokenizer.encode,
            fingerprint=self.tokenizer.fingerprint,
            max_length=self.max_length,
            cache_dir=self.options.cache_dir,
        )

    def lengths(self, split: str, training: bool) -> Any:
        """Tokens of each text that has labels; `None` if none have."""
        if "labels" not in self.split(split).column_names:
            return None
        resample = resampling(self.options, training, self.tokenizer)
        return with_room(self._labelled(split), self.options, resample)

    def labelled_batches(
        self, split: str, training: bool, names: Sequence[str], **more: Any
    ) -> "LabelledBatches":
        """The batches of a split, whose column labels has `names` in order of ids."""
        from seqkit.data import LabelledBatches

        options, texts = self.options, self._labelled(split)
        resample = resampling(options, training, self.tokenizer)
        if self.max_length is not None:
            self.report_once(over_length(split, "texts", texts, options, "are cut"))
        return LabelledBatches(
            texts,
            names,
            bucket_plan(with_room(texts, options, resample), options, training),
            resample=resample,
            static_shapes=options.static_shapes,
            **more,
        )

    def run(self, function: Callable, texts: list[str], batch_size: int) -> list[Any]:
        """What the model or a method of it returns for each of N texts, as arrays.

        It is compiled once, from `{"token_ids": [B, T]}` to tensors `[B, ...]` or a
        dictionary of them; so pass the same function each time, not a new `lambda`.
        """
        from seqkit.data import pad
        from seqkit.inference import RowRunner

        specs = {"token_ids": ((None, None), "int32")}
        runner = self.of_model(
            ("rows", function),
            lambda model: RowRunner(model, function, specs),
        )
        ids = self.token_ids(texts)
        return runner(
            [len(row) for row in ids],
            lambda rows, length: {"token_ids": pad([ids[i] for i in rows], length)},
            batch_size,
        )

    def saliency_inputs(self, text: str) -> tuple[dict[str, Any], Any, list[str]]:
        """What `seqkit.inspect.saliency` needs of a text: inputs, mask and tokens."""
        import numpy as np

        (ids,) = self.token_ids([text])
        inputs = {"token_ids": np.array([ids], np.int32)}
        return inputs, np.ones((1, len(ids)), bool), self.tokenizer.pieces(ids)
