"""Tasks around a language model, which continues and scores texts."""

from typing import Any

from seqkit.errors import SeqkitError
from seqkit.options import groups
from seqkit.options.groups import language
from seqkit.options.memory import memory_problem
from seqkit.special_ids import END_ID, START_ID
from seqkit.task.fields import Field
from seqkit.task.text_task import TokenizerTask


class LanguageOptions(
    groups.Precision,
    language.Stopping,
    groups.Smoothing,
    language.AveragedOptimization,
    language.Lanes,
    groups.Tokenizer,
    language.Text,
):
    """What `build` takes."""


class LanguageTask(TokenizerTask):
    """A task of a `LanguageModel`, whose options include `LanguageTask.Options`."""

    Options = LanguageOptions
    Predict = language.Continue
    fields = {"text": Field("text", option="column")}
    pipeline_tag = "text-generation"

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

    def check_lanes(self, stream: Any) -> None:
        """Refuses more lanes than there are tokens, and batches beyond memory."""
        options = self.options
        lanes, length = options.batch_size, options.sequence_length
        if lanes > len(stream):
            raise SeqkitError(
                "batch_size: expected at most as many lanes as there are tokens to "
                f"train on, {len(stream)}, found {lanes}. A lane is a part of the text "
                "that is read beside the others, and needs tokens of its own"
            )
        # The scores of each next token, and their gradient.
        size = 2 * 4 * lanes * length * self.tokenizer.vocabulary_size
        if problem := memory_problem(size):
            raise SeqkitError(f"batch_size, sequence_length: {problem}")

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
