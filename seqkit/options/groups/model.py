"""Sizes and dropouts of networks."""

from typing import Annotated, ClassVar

from seqkit import registries
from seqkit.options.defaults import by, same_as
from seqkit.options.memory import memory_problem, weight_bytes
from seqkit.options.option import Count, Fraction, OneOf, option
from seqkit.options.options import Mistakes, Options


class Heads(Options):
    """An architecture, and the sizes that only a Transformer has."""

    title: ClassVar[str] = "Model"

    architecture: str = option("transformer", "The network, by name.")
    num_heads: Count = option(4, "Attention heads of a Transformer.")
    intermediate_dim: Count | None = option(
        None, "Feed-forward size of a Transformer; without a value, 4 × `hidden_dim`."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        width, heads = getattr(self, "hidden_dim", None), self.num_heads
        if problem := memory_problem(
            weight_bytes(getattr(self, "num_layers", None), width)
        ):
            yield "num_layers, hidden_dim", problem
        if self.architecture == "transformer" and width and heads and width % heads:
            yield (
                "hidden_dim, num_heads",
                f"expected a width that is a multiple of the heads, found {width} and "
                f"{heads}",
            )


class Decoder(Heads):
    """A decoder that attends to what an encoder read."""

    num_layers: Count = option(
        by("architecture", transformer=2, otherwise=1), "Layers of the decoder."
    )
    hidden_dim: Count = option(256, "Width of the model.", sample=128)
    attention: Annotated[str, OneOf(registries.attention_scores)] | None = option(
        "additive",
        "Attention score of a recurrent decoder; null: what was read is in its initial "
        "state alone.",
    )
    dropout: Fraction = option(0.1, "Fraction dropped in training.")


class EncoderDecoder(Decoder):
    """A model from token sequences to token sequences."""

    architecture: Annotated[str, OneOf(registries.seq2seq_models)] = option(
        "transformer",
        "A Transformer, or a bidirectional encoder and a decoder of a recurrent cell.",
    )
    num_layers: Count = option(
        by("architecture", transformer=3, otherwise=1),
        "Layers of the encoder, and of the decoder.",
    )
    input_feeding: bool = option(
        False, "Whether a recurrent decoder reads its last attention vector."
    )
    attention_dropout: Fraction = option(
        0.0, "Fraction of a Transformer's attention weights dropped."
    )


class EndDropouts(Options):
    """Dropout before, within and after a stack of layers."""

    title: ClassVar[str] = "Model"

    dropout: Fraction = option(0.3, "Fraction dropped between layers in training.")
    input_dropout: Fraction = option(
        same_as("dropout"), "Fraction dropped from what the first layer reads."
    )
    output_dropout: Fraction = option(
        same_as("dropout"), "Fraction dropped before the output."
    )


class WordVectors(Options):
    """Embeddings, trained from scratch or begun from a file."""

    title: ClassVar[str] = "Model"

    embedding_dim: Count = option(128, "Width of the embedding.", sample=64)
    word_vectors: str | None = option(
        None,
        "A GloVe or word2vec text file, whose vectors the embedding starts from; it "
        "sets `embedding_dim`.",
    )
