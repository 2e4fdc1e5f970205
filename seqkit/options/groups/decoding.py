"""How results are decoded, and what the verbs take."""

from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le

from seqkit.options.option import Count, NotNegative, Positive, Steps, option
from seqkit.options.options import Options


class BeamSearch(Options):
    """How a task decodes unless a verb is told otherwise."""

    title: ClassVar[str] = "Decoding"

    num_beams: Count = option(5, "Beams of the search; 1 is greedy.")
    length_penalty: NotNegative = option(0.6, "The α of the beam search.")
    early_stopping: bool | Literal["never"] = option(
        "never",
        "When the search of a row ends: with 'never', when no other result can be "
        "better; with false, in fewer steps, when `num_beams` results have finished "
        "and no other is likely to be better; with true, as soon as `num_beams` "
        "results have finished, even if a much better one is unfinished.",
    )
    no_repeat_ngram: Steps = option(
        0, "So many tokens in a row occur once in a result, never again; 0: any."
    )
    min_length: Steps = option(0, "Least tokens of a result, if its limit allows.")


class Predict(Options):
    """What every `predict` takes."""

    batch_size: Count = option(
        64, "Inputs per batch; changes the speed and nothing else."
    )


class Evaluate(Options):
    """What every `evaluate` takes."""

    batch_size: Count = option(64, "Examples per batch; changes the speed alone.")


class Decoding(Options):
    """How a verb decodes; without a value, as the task was built."""

    title: ClassVar[str] = "Decoding, by default as in build"

    num_beams: Count | None = option(None, "Beams of the search; 1 is greedy.")
    length_penalty: NotNegative | None = option(None, "The α of the beam search.")
    early_stopping: bool | Literal["never"] | None = option(
        None, "When the search of a row ends, see build."
    )
    no_repeat_ngram: Steps | None = option(None, "Tokens in a row that occur once.")
    min_length: Steps | None = option(None, "Least tokens of a result.")


class Sampling(Options):
    """Several results, drawn or best, and their scores."""

    title: ClassVar[str] = "Results"

    num_return_sequences: Count | None = option(
        None,
        "Results per input, best first; each result is then a list. At most "
        "`num_beams` in a beam search.",
    )
    temperature: Positive | None = option(
        None, "With this, `top_k` or `top_p`, results are drawn."
    )
    top_k: Count | None = option(None, "Draw from the k likeliest tokens.")
    top_p: Annotated[float, Gt(0), Le(1)] | None = option(
        None, "Draw from the likeliest tokens that together have this probability."
    )
    seed: int = option(0, "Seed of the draw, which depends on a row's number alone.")
    return_scores: bool = option(
        False, "Whether a result is a pair of a string and its score."
    )

    @property
    def draws(self) -> bool:
        """Whether results are drawn, and so depend on the number of their row."""
        drawing = (self.temperature, self.top_k, self.top_p)
        return any(value is not None for value in drawing)


class SequencePredict(Sampling, Decoding, Predict):
    """What `predict` of a task takes that decodes with attention to its input."""

    coverage_penalty: NotNegative = option(
        0.0, "The β of the beam search, for models with attention."
    )


class SequenceEvaluate(Decoding, Evaluate):
    """What `evaluate` of such a task takes."""
