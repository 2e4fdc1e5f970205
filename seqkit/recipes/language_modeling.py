"""Language modelling: a text, and how it goes on."""

from typing import Any

from seqkit import registries
from seqkit.errors import SeqkitError
from seqkit.options import Default, groups
from seqkit.options.groups import language
from seqkit.special_ids import END_ID, START_ID
from seqkit.task import TokenizerTask, recipe
from seqkit.task.objectives import token_objectives


class LanguageModelingOptions(
    groups.Precision,
    groups.Smoothing,
    language.AveragedOptimization,
    language.Lanes,
    groups.Tokenizer,
    language.LanguageModel,
    language.Text,
):
    """What `build` takes."""

    defaults = {"tokenizer_type": Default("unigram", sample="character")}


@recipe("language_modeling")
class LanguageModeling(TokenizerTask):
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
    Predict, Evaluate = language.Continue, language.Measure
    architectures = (registries.language_models,)

    @property
    def start_id(self) -> int:
        """What a text is predicted from: `<s>` for documents, else a line end."""
        if self.options.documents:
            return START_ID
        return self.tokenizer.encode(["\n"])[0][-1]

    @property
    def end_id(self) -> int | None:
        """What ends a text: `</s>` for documents, `None` in a running text."""
        return END_ID if self.options.documents else None

    def load_examples(self):
        from seqkit.data import load_texts
        from seqkit.samples import language_modeling

        names = ("column", "test_fraction", "documents")
        return self.load(load_texts, language_modeling.splits, *names)

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

    def check_model(self, model):
        size = getattr(model, "batch_size", None)
        if size is not None and size != self.options.batch_size:
            raise SeqkitError(
                f"batch_size: expected {size}, as the model was made with, found "
                f"{self.options.batch_size}"
            )

    def losses(self):
        return token_objectives(self.options.label_smoothing)

    def callbacks(self):
        from seqkit.training import AveragedSGD

        average, callbacks = self.options.average, super().callbacks()
        if average == "nonmonotone":
            callbacks.append(AveragedSGD(self.options.nonmonotone_interval))
        return callbacks

    def batches(self, split, training):
        from seqkit.data import BatchedLanes

        options = self.options
        return BatchedLanes(
            self.token_stream(split),
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

    def generator(self) -> Any:
        """The `seqkit.inference.Generator` of the model."""
        from seqkit.inference import Generator

        ids = {"start_id": self.start_id, "end_id": self.end_id}
        return self.of_model(
            Generator, lambda model: Generator(model, self.tokenizer, **ids)
        )

    def answers(self, inputs, options):
        """Continues texts.

        Args:
            inputs: A list of N beginnings, or one string; an empty one is a beginning
                too.

        Returns:
            N continuations, without the texts (a string for a string); lists of them
            with `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        found = self.generator().predict(
            inputs,
            strategy=_strategy(options),
            max_length=options.max_length,
            stop=options.stop or (),
            seed=options.seed,
            batch_size=options.batch_size,
        )
        results = []
        for row in found:
            kept = [(o.text, o.score) if options.return_scores else o.text for o in row]
            results.append(kept if options.num_return_sequences else kept[0])
        return results

    def stream(
        self,
        prompt: str = "",
        *,
        max_length: int | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        stop: str | list[str] | None = None,
        seed: int | None = None,
        state: Any = None,
        tokens_per_piece: int = 1,
    ) -> Any:
        """Continues a text, and yields each piece as soon as it is written.

        The pieces, put together, are what `predict` returns for the same arguments. A
        token costs the same wherever it is in the text.

        Args:
            prompt: The beginning; with a `state`, what follows the text so far.
            max_length: Most tokens that are written; `None` continues for ever.
            temperature, top_k, top_p, stop, seed: As in `predict`.
            state: The `state` of an earlier stream, to continue from.
            tokens_per_piece: Tokens that are written at a time.

        Returns:
            An iterator of strings with the attribute `state`, where it stands.
        """
        given = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        return self.generator().stream(
            prompt,
            strategy=_strategy(self.Predict.settle(given)),
            max_length=max_length,
            stop=stop or (),
            seed=seed,
            state=state,
            tokens_per_piece=tokens_per_piece,
        )

    def score(self, texts: str | list[str], *, batch_size: int = 32) -> Any:
        """How probable texts are, each by itself.

        Args:
            texts: A list of N strings, or one string.
            batch_size: Texts per batch; changes the speed and nothing else.

        Returns:
            N `seqkit.results.TextScore`s (one for a string): the log-probability of the
            text and of each token.
        """
        from seqkit.inference import Scorer
        from seqkit.results import TextScore

        if isinstance(texts, str):
            return self.score([texts], batch_size=batch_size)[0]
        groups.Predict.settle({"batch_size": batch_size})
        end = [] if self.end_id is None else [self.end_id]
        sequences = [
            [self.start_id, *ids, *end] for ids in self.tokenizer.encode(list(texts))
        ]
        scorer = self.of_model(Scorer, Scorer)
        found = scorer.score_sequences(sequences, batch_size=batch_size)
        return [
            TextScore(float(one.sum()), self.tokenizer.pieces(ids[1:]), one.tolist())
            for ids, one in zip(sequences, found, strict=True)
        ]

    def scores(self, split, options):
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
        from seqkit.data import BatchedLanes
        from seqkit.inference.language.measures import figures, scorer_with
        from seqkit.samples.agreement import agreement_scores

        stream = self.token_stream(split)

        def lanes(stream, batch_size):
            length = options.sequence_length
            return BatchedLanes(
                stream, batch_size=batch_size, sequence_length=length, shuffle=False
            ).epoch(0)

        scorer = scorer_with(
            self.model, options, lambda: lanes(self.token_stream("train"), 100)
        )
        totals = scorer.total(lanes(stream, options.batch_size))
        scores = figures(totals, stream.counts)
        if self.options.dataset is None:

            def log_probs(texts):
                return [score.log_prob for score in self.score(texts)]

            scores |= agreement_scores(log_probs, split)
        return scores

    def signatures(self, text):
        from seqkit.export import language_signatures

        return language_signatures(
            self.model,
            self.tokenizer if text else None,
            start_id=self.start_id,
            end_id=self.end_id,
        )


def _strategy(options):
    from seqkit.inference import strategy

    names = "num_beams num_return_sequences temperature top_k top_p length_penalty"
    return strategy(**{name: getattr(options, name) for name in names.split()})


build = LanguageModeling.build
