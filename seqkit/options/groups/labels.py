"""Texts with labels, and the network that classifies them."""

from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Lt

from seqkit import registries
from seqkit.options.defaults import by
from seqkit.options.groups.model import EndDropouts, Heads, WordVectors
from seqkit.options.option import Count, Fraction, OneOf, option
from seqkit.options.options import Mistakes, Options


class Labels(Options):
    """Where texts and labels are, and how many labels a text has."""

    title: ClassVar[str] = "Texts and labels"

    text: str | int = option("text", "Column of the text, by name or number.")
    label: str | int | list[str] = option(
        "label",
        "Column of the label, by name or number; or several columns of 0 and 1, which "
        "are labels of which a text may have several.",
    )
    label_separator: str | None = option(
        None, "Separator between labels, if a text may have several."
    )
    format: Annotated[str, OneOf(registries.readers, also=("label_lines",))] | None = (
        option(None, "What the files are, if their endings do not tell.")
    )
    multi_label: bool | None = option(
        None,
        "Whether a text may have several labels or none; without a value, whether the "
        "training data hold such a text.",
    )
    threshold: Annotated[float, Gt(0), Lt(1)] = option(
        0.5, "With several labels: the probability from which a label is predicted."
    )
    class_weight: Literal["balanced"] | None = option(
        None, "Weights of classes; balanced: the inverse of their frequency."
    )

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.multi_label and self.class_weight is not None:
            yield (
                "multi_label, class_weight",
                "expected no class_weight if a text may have several labels, found "
                f"{self.class_weight!r}",
            )


class Classifier(EndDropouts, WordVectors, Heads):
    """A network that reads a text into one vector."""

    architecture: Annotated[
        str, OneOf(registries.encoders, registries.pooled_encoders)
    ] = option(
        "lstm", "A recurrent cell, a Transformer, or a CNN (Kim 2014, arXiv:1408.5882)."
    )
    num_layers: Count = option(
        by("architecture", transformer=2, otherwise=1), "Layers of the encoder."
    )
    hidden_dim: Count = option(
        128,
        "Units per direction, filters of each width, or the width of a Transformer.",
        sample=64,
    )
    bidirectional: bool = option(True, "Whether recurrent layers read both ways.")
    pooling: Literal["max", "mean", "last", "attention"] | None = option(
        None,
        "How the outputs of all steps become one vector; without a value max, in a "
        "Transformer mean.",
    )
    kernel_sizes: list[Count] = option(
        [3, 4, 5], "Widths of a CNN's filters, in tokens."
    )
    token_dropout: Fraction = option(
        0.0, "Fraction of tokens that are unknown in training, at random."
    )
    embedding_dropout: Fraction = option(0.0, "Fraction of whole embeddings dropped.")

    def mistakes(self) -> Mistakes:
        yield from super().mistakes()
        if self.architecture == "cnn" and self.pooling not in (None, "max"):
            yield (
                "architecture, pooling",
                f"expected max with a CNN, found {self.pooling!r}",
            )
        kind = getattr(self, "tokenizer_type", "word")
        if self.word_vectors is not None and kind != "word":
            yield (
                "word_vectors, tokenizer_type",
                f"expected word with word_vectors, found {kind!r}",
            )
