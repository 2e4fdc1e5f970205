"""Language modelling: a text, and how it goes on."""

from typing import Any

from seqkit import registries
from seqkit.options import Default
from seqkit.options.groups import language
from seqkit.task import LanguageTask, recipe
from seqkit.task.objectives import token_objectives

SHORTEST = 10
"""Rows of a report's worst examples have more tokens."""


class LanguageModelingOptions(language.LanguageModel, LanguageTask.Options):
    """What `build` takes."""

    defaults = {"tokenizer_type": Default("unigram", sample="character")}


@recipe("language_modeling")
class LanguageModeling(LanguageTask):
    """Language modelling: a text, and how it goes on.

    The text is cut into `batch_size` lanes that are read side by side,
    `sequence_length` tokens at a time; the state goes from batch to batch, the gradient
    does not (truncated backpropagation through time).

    The loss is the mean over all tokens of a batch; published rates for a loss summed
    over time are `sequence_length` times larger here.

    Attributes:
        tokenizer: One of `seqkit.tokenizers`.
        splits: Name to a `datasets.Dataset` with the column text.
    """

    Options = LanguageModelingOptions
    Evaluate = language.Measure
    architectures = (registries.language_models,)

    def load_examples(self):
        from seqkit.data import load_texts
        from seqkit.samples import language_modeling

        return self.load(load_texts, language_modeling.splits)

    def learn(self):
        from seqkit.tokenizers.learning import load_words

        options = self.options
        if options.tokenizer is not None and options.tokenizer_type == "word":
            self.tokenizer = load_words(options.tokenizer)
            return
        end, pieces = "" if options.documents else "\n", {}
        if options.tokenizer_type in ("unigram", "bpe"):
            # So trained, lines encoded one by one are the whole text encoded.
            pieces = {"symbols": ["\n"], "add_dummy_prefix": False}
        self.learn_tokenizer(
            lambda train: (text + end for text in train["text"]), **pieces
        )

    def network(self):
        return self.construct(vocabulary_size=self.tokenizer.vocabulary_size)

    def losses(self):
        return token_objectives(self.options.label_smoothing)

    def averaging(self):
        from seqkit.training import AveragedSGD

        if self.options.average == "nonmonotone":
            return AveragedSGD(self.options.nonmonotone_interval)
        return super().averaging()

    def batches(self, split, training):
        from seqkit.data import BatchedLanes

        options, stream = self.options, self.token_stream(split)
        if training:
            self.check_lanes(stream)
        return BatchedLanes(
            stream,
            batch_size=options.batch_size,
            sequence_length=options.sequence_length,
            shuffle=training,
            seed=options.seed,
        )

    def token_stream(self, split: str) -> Any:
        """The tokens of a split, a `seqkit.data.TokenStream`."""
        from seqkit.data import tokenize_texts

        stream = tokenize_texts(
            self.split(split),
            self.tokenizer.encode,
            fingerprint=self.tokenizer.fingerprint,
            documents=self.options.documents,
            cache_dir=self.options.cache_dir,
        )
        stream.start_id = self.start_id
        return stream

    def judged(self, split, options, detailed=False):
        """Measures how well a split is predicted, every token of it once.

        Every figure is one of the whole text, with the state carried from its first
        token to its last: it depends on `batch_size` only where a lane begins without
        what is before it, not at all with 1 or with documents, and not on
        `sequence_length` (except with dynamic evaluation).

        Returns:
            `perplexity`, `bits_per_token` and `accuracy` per token; `tokens`, their
            number; `perplexity_per_word`, by the words of the text and its line ends
            (or `</s>`s); `bits_per_character`, line ends included. With the embedded
            sample also `agreement`, the fraction of words with two forms (verbs,
            pronouns) for which the right one is more probable, and
            `agreement_with_attractors`, if a noun of the other number is between.
        """
        import numpy as np

        from seqkit.inference.language.measures import scorer_with, totals_by_row
        from seqkit.metrics import Measures, language_measures
        from seqkit.reports import Judgement
        from seqkit.samples.agreement import agreement_scores

        stream = self.token_stream(split)

        def lanes(stream, batch_size):
            from seqkit.data import BatchedLanes

            length = options.sequence_length
            return BatchedLanes(
                stream, batch_size=batch_size, sequence_length=length, shuffle=False
            )

        scorer = scorer_with(
            self.model,
            options,
            lambda: lanes(self.token_stream("train"), 100).epoch(0),
            likeliest=detailed,
        )
        totals = totals_by_row(scorer, stream, lanes(stream, options.batch_size))
        sums = np.concatenate([totals.totals, stream.rows[:, 1:]], axis=1)
        measures = language_measures(sums, self.tokenizer.fingerprint)
        if self.options.dataset is None:

            def log_probs(texts):
                return [score.log_prob for score in self.score(texts)]

            measures |= Measures({}, agreement_scores(log_probs, split))
        known, texts = scorer.likeliest, self.split(split)
        return Judgement(
            measures,
            found=lambda row: self._continued(texts[row]["text"]),
            # Of a line of a few tokens all may be surprising.
            losses=lambda: np.where(
                totals.totals[:, 2] > SHORTEST, measures.by_example("bits_per_token"), 0
            ),
            ranked_by=f"bits per token, of rows of more than {SHORTEST} tokens",
            confused=(lambda: totals.confused(self.tokenizer)) if known else None,
            calibration=totals.calibration if known else None,
        )

    def _continued(self, text):
        """The first half of a text, and how the model would continue it."""
        words = text.split(" ")
        beginning = " ".join(words[: len(words) // 2])
        length = len(self.tokenizer.encode([text[len(beginning) :]])[0])
        end = None if self.options.documents else "\n"
        rest = self.predict(beginning, max_length=max(1, length), stop=end)
        return f"{beginning} […]{rest}"

    def views(self, example):
        from seqkit.inspect import UnitView

        scored = self.score(example.inputs["text"])
        surprise = [-one for one in scored.token_log_probs]
        name = "-log p of each token, of the text by itself"
        return {"inputs": UnitView(surprise, scored.tokens, name)}


build = LanguageModeling.build
check = LanguageModeling.check_dataset
