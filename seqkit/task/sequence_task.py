"""Tasks whose results are decoded token by token: translation, captioning."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from seqkit.errors import SeqkitError
from seqkit.options import groups
from seqkit.task.objectives import token_objectives
from seqkit.task.reporting import undeclared
from seqkit.task.task import Task


class SequenceTask(Task):
    """A task that decodes: a recipe says what goes in, and how results are rendered.

    Besides what `Task` asks for, a recipe declares `specs`, `encoded` and `render`,
    from which `answers` and the functions of an export follow.
    """

    Predict = groups.SequencePredict
    Evaluate = groups.SequenceEvaluate

    input_name: ClassVar[str] = "text"
    relative_length: ClassVar[tuple[int, int] | None] = None
    """(a, b): a result has at most a·n + b tokens, n those of its input."""
    suppress: Sequence[int] = ()
    """Ids that are never written."""

    def specs(self) -> dict[str, tuple[tuple, str]]:
        """Name of an input of the model to (shape, dtype), `None` for any size."""
        raise undeclared(self, "specs")

    def encoded(self, inputs: list, batch_size: int) -> tuple[Any, Callable]:
        """Lengths of the inputs, and `batch(rows, length)` -> inputs of the model."""
        raise undeclared(self, "encoded")

    def render(self, rows: list[int], ids: list[list[int]], inputs: list) -> list[str]:
        """Strings of lists of ids, each with the number of its own input."""
        raise undeclared(self, "render")

    def strategy(self, options: Mapping[str, Any]) -> Any:
        """How to decode: what is not given, as the task was built."""
        from seqkit.inference import strategy

        names = ("num_beams", "length_penalty", "early_stopping", "coverage_penalty")
        names += ("num_return_sequences", "temperature", "top_k", "top_p")
        names += ("no_repeat_ngram", "min_length")
        settings = {}
        for name in names:
            value = options.get(name)
            if value is None:
                value = self.config.get(name)
            if value is not None:
                settings[name] = value
        return strategy(**settings)

    def decoder(self, strategy: Any) -> Any:
        """The `seqkit.inference.SequenceDecoder` of a strategy."""
        from seqkit.inference import SequenceDecoder, strategy_key

        def make(model):
            return SequenceDecoder(
                model,
                strategy,
                self.specs(),
                max_length=self.options.max_length,
                relative_length=self.relative_length,
                suppress=self.suppress,
            )

        return self.of_model(strategy_key(strategy), make)

    def n_best(self, encoded: tuple[Any, Callable], options: Any) -> list:
        """For each row its list of (token ids, score), best first."""
        from seqkit.inference import draws

        strategy = self.strategy(dict(options))
        seed = options.seed if draws(strategy) else None
        return self.decoder(strategy).run(*encoded, options.batch_size, seed)

    def answers(self, inputs, options):
        """Decodes what the model makes of inputs.

        Args:
            inputs: A list of N inputs, or one.

        Returns:
            N strings (a string for one input); lists of them with
            `num_return_sequences`; pairs (string, score) with `return_scores`.
        """
        from seqkit.inference import n_best_texts

        return n_best_texts(
            self.n_best(self.encoded(inputs, options.batch_size), options),
            lambda rows, ids: self.render(rows, ids, inputs),
            num_return_sequences=options.num_return_sequences,
            return_scores=options.return_scores,
            what=self.input_name,
        )

    def best(self, inputs: list, options: Any) -> list[str]:
        """The best result of each input, under the options of `evaluate`."""
        n_best = self.n_best(self.encoded(inputs, options.batch_size), options)
        ids = [row[0][0] if row else [] for row in n_best]
        return self.render(list(range(len(ids))), ids, inputs)

    def token_totals(self, split: str, detailed: bool = False) -> Any:
        """How well each token of a split is predicted, by example: `TokenTotals`."""
        from seqkit.inference import TokenScorer, TokenTotals

        batches = self.batched(split)[0]
        scorer = self.of_model(
            TokenScorer, lambda model: TokenScorer(model, batches.signature())
        )
        totals = TokenTotals(len(self.split(split)), detailed)
        for step, batch in enumerate(batches.epoch(0)):
            totals.add(batches.examples(0, step), batch, scorer(batch))
        return totals

    def alignment(self, token_ids: list[int], **encoder_inputs: Any) -> Any:
        """Attention `[T, S]` of each token of a result over what was read."""
        import keras
        import numpy as np

        inputs = {name: np.asarray(value) for name, value in encoder_inputs.items()}
        inputs["decoder_token_ids"] = np.array([token_ids], "int32")
        align = getattr(self.model, "alignment", None)
        weights = None if align is None else align(inputs)
        if weights is None:
            raise SeqkitError(
                "attention: expected a model that attends to what it reads, found "
                f"attention={self.config.get('attention')!r}. Build the task with "
                "another architecture or attention."
            )
        return keras.ops.convert_to_numpy(weights)[0]

    def explain(self, one, **options):
        found = super().explain(one, **options)
        text = found["answer"]
        while isinstance(text, list | tuple) and not hasattr(text, "shown"):
            text = text[0] if text else ""  # of several, or of a pair with its score
        found |= text.shown() if hasattr(text, "shown") else {"text": text}
        attention = getattr(self, "attention", None)
        if attention is None:
            return found
        try:
            looks = attention(one, text)
            return found | (looks.words() if hasattr(looks, "words") else looks).shown()
        except SeqkitError:  # a model without attention
            return found

    def losses(self):
        return token_objectives(self.options.label_smoothing)

    def exported(self) -> tuple[Callable, Callable]:
        """Traceable functions from named tensors: the best result, and the beam."""
        best, n_best = (
            self.decoder(self.strategy({"num_return_sequences": count})).decode
            for count in (None, self.options.num_beams)
        )
        return best, n_best
