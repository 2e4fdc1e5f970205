"""Words with tags, and the network that tags them."""

from typing import Annotated, ClassVar, Literal

from seqkit import registries
from seqkit.options.groups.model import EndDropouts, Heads, WordVectors
from seqkit.options.option import Count, NotNegative, OneOf, option
from seqkit.options.options import Options

_FORMAT = OneOf(registries.readers, also=("conll", "conllu", "parallel"))


class Tags(Options):
    """Where words and tags are, and what the tags mean."""

    title: ClassVar[str] = "Words and tags"

    tokens: str | int | None = option(
        None,
        "Column or file of the words; without a value, what the format calls them.",
    )
    tags: str | int | None = option(None, "The same for the tags.")
    label: str | None = option(
        None, "Column of a label of the whole sentence, to learn it too."
    )
    sentence: str | None = option(
        None,
        "Column that names the sentence of each word, if rows are words; without a "
        "value, one with a usual name, such as sentence_id.",
    )
    format: Annotated[str, _FORMAT] | None = option(
        None, "What the files are, if their endings do not tell."
    )
    separator: str | None = option(
        None, "Separator between columns; without a value, any white space."
    )
    scheme: Literal[
        "auto", "BIO", "IOB1", "BIOES", "BILOU", "BIOUL", "BMES", "none"
    ] = option(
        "auto",
        "Scheme of the tags: auto looks at them, none is for tags that are no spans. "
        "Tags that break their scheme are read as conlleval reads them, and counted.",
    )
    model_scheme: Literal["BIO", "BIOES"] = option(
        "BIOES", "Scheme that the model is trained with, if the tags have one."
    )
    word_rule: Literal["words", "whitespace"] = option(
        "words",
        "How `predict` splits a string, as in `seqkit.tokenizers.WordSplitter`.",
    )


class Tagger(EndDropouts, WordVectors, Heads):
    """A network that predicts a tag for each word."""

    architecture: Annotated[str, OneOf(registries.encoders)] = option(
        "lstm", "A recurrent cell, read in both directions, or a Transformer."
    )
    crf: bool = option(
        True, "Whether a CRF scores whole sequences, or a softmax each word."
    )
    num_layers: Count = option(1, "Layers of the encoder.")
    hidden_dim: Count = option(
        200, "Units per direction, or the width of a Transformer.", sample=64
    )
    trainable_words: bool = option(True, "Whether the word embedding is trained.")
    vocabulary_size: Count | None = option(
        None, "Most words known; without a value, all that `min_count` admits."
    )
    min_count: Count = option(1, "How often a word must occur in train to be known.")
    lowercase: bool = option(
        True, "Whether words are looked up in lower case; characters keep theirs."
    )
    characters: Literal["cnn", "lstm"] | None = option(
        "cnn", "How the characters of a word are read; null: not at all."
    )
    character_dim: Count = option(30, "Width of the character embedding.")
    character_units: Count = option(50, "Filters of each width, or LSTM units.")
    kernel_sizes: list[Count] = option([3], "Widths of the filters, in characters.")
    max_characters: Count = option(32, "How many characters of a word are read.")
    casing: bool = option(True, "Whether the model sees each word's casing separately.")
    word_dropout: NotNegative = option(
        0.25,
        "The α of the probability α / (α + count) with which a word is unknown in "
        "training (Kiperwasser and Goldberg 2016, arXiv:1603.04351, section 4).",
    )
    label_weight: NotNegative = option(1.0, "Weight of the label's loss.")
