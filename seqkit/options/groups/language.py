"""Running text or documents, and the networks that model them."""

from typing import Annotated, ClassVar, Literal

from seqkit import registries
from seqkit.options.defaults import by, same_as
from seqkit.options.groups.data import Data
from seqkit.options.groups.decoding import Sampling
from seqkit.options.groups.model import Heads
from seqkit.options.groups.training import Optimization, TokenStopping, rates
from seqkit.options.option import (
    Count,
    Fraction,
    Length,
    NotNegative,
    OneOf,
    Positive,
    option,
)
from seqkit.options.options import Mistakes, Options


class Text(Data):
    """Where text is, and whether it is one text or many."""

    column: str = option("text", "Column of the text, if there are columns.")
    documents: bool = option(
        False,
        "Whether each row is a text of its own, from `<s>` to `</s>`; otherwise all "
        "rows are the lines of one running text.",
    )


class Lanes(Options):
    """How text is cut for truncated backpropagation through time."""

    title: ClassVar[str] = "Batches"

    batch_size: Count | Literal["auto"] = option(
        32,
        "Lanes that are read side by side; without a value fewer if there is little "
        "text; auto: as many as memory has place for, with 50 steps per epoch at "
        "least.",
    )
    sequence_length: Count = option(
        64, "Tokens per batch and lane, through which the gradient goes back."
    )


class LanguageModel(Heads):
    """A network that predicts the next token."""

    architecture: Annotated[str, OneOf(registries.language_models)] = option(
        "lstm", "A recurrent cell, a Transformer, or Mamba."
    )
    num_layers: Count = option(
        by("architecture", rnn=2, lstm=2, gru=2, otherwise=4),
        "Recurrent layers, or blocks.",
        sample=by("architecture", rnn=1, lstm=1, gru=1, otherwise=4),
    )
    hidden_dim: Count = option(256, "Width of the model.", sample=192)
    embedding_dim: Count | None = option(
        None,
        "Width of a recurrent model's embedding; without a value, `hidden_dim`.",
    )
    tie_embeddings: bool = option(True, "Whether the output shares the embedding.")
    context_length: Count = option(
        256,
        "Positions that a Transformer's attention reaches back, across batches too.",
    )
    state_dim: Count = option(16, "Size of the state of each channel of Mamba.")
    dropout: Fraction = option(
        0.1, "Fraction dropped between recurrent layers, or in each half of a block."
    )
    input_dropout: Fraction = option(0.0, "Fraction dropped from the embeddings.")
    output_dropout: Fraction = option(
        same_as("dropout"), "Fraction dropped before the output of a recurrent model."
    )
    embedding_dropout: Fraction = option(0.0, "Fraction of whole embeddings dropped.")
    attention_dropout: Fraction = option(
        0.0, "Fraction of a Transformer's attention weights dropped."
    )
    weight_drop: Fraction = option(
        0.0, "Fraction of the recurrent weights dropped (Merity et al. 2017)."
    )
    variational: bool = option(
        True, "Whether a recurrent model drops the same units at all steps."
    )
    activation_regularization: NotNegative = option(
        0.0, "Weight of the penalty on the size of a recurrent model's outputs."
    )
    temporal_activation_regularization: NotNegative = option(
        0.0, "Weight of the penalty on their change from step to step."
    )
    initializer_range: Positive | None = option(
        None, "Initial weights of a recurrent model are uniform in ± this."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        blocks = self.architecture in ("transformer", "mamba")
        if self.embedding_dim is not None and blocks:
            yield (
                "embedding_dim, architecture",
                f"expected no embedding_dim with {self.architecture}, whose embedding "
                f"is hidden_dim wide, found {self.embedding_dim}",
            )


class AveragedOptimization(Optimization):
    """Optimization with a choice of averages."""

    average: Literal["exponential", "nonmonotone"] | None = option(
        "exponential",
        "Average of the weights that is validated and kept: exponential (with "
        "`average_momentum`), nonmonotone (NT-ASGD of Merity et al. 2017: the mean "
        "since validation stopped improving), or null: the last weights.",
    )
    nonmonotone_interval: Count = option(
        5, "Epochs without improvement before NT-ASGD averages."
    )
    defaults: ClassVar = {
        "learning_rate": rates(2e-3, sample=4e-3, sgd=20.0),
        "schedule": "inverse_square_root",
        "warmup_steps": 200,
        "average_momentum": 0.99,
    }


class Stopping(TokenStopping):
    """Keeping the best epoch, and waiting for NT-ASGD, which begins at a plateau."""

    defaults: ClassVar = {"patience": by("average", nonmonotone=None, otherwise=5)}


class Continue(Sampling):
    """What `predict` of a language model takes."""

    max_length: Length = option(200, "Most tokens that are written.")
    num_beams: Count = option(1, "Beams; 1 takes the likeliest token each time.")
    length_penalty: NotNegative = option(0.0, "The α of the beam search.")
    stop: str | list[str] | None = option(
        None, "A string or strings; a continuation ends before the first of them."
    )
    batch_size: Count = option(32, "Texts per batch; changes the speed alone.")


class Measure(Options):
    """What `evaluate` of a language model takes."""

    batch_size: Count = option(1, "Lanes that are read side by side.")
    sequence_length: Count = option(256, "Tokens that are read at a time.")
    cache_interpolation: Fraction | None = option(
        None, "The λ of a neural cache (Grave et al. 2017), which is mixed in with it."
    )
    cache_flatness: NotNegative = option(0.3, "The θ of the cache.")
    cache_window: Count = option(500, "Length of the cache.")
    dynamic_learning_rate: Positive | None = option(
        None,
        "The η of dynamic evaluation (Krause et al. 2018): the model goes on learning "
        "from the text, and is left as it was. Published with 5 tokens at a time.",
    )
    dynamic_decay: NotNegative = option(2e-3, "The λ of dynamic evaluation.")
    dynamic_rms: bool = option(True, "Its RMS rule, or plain SGD.")
