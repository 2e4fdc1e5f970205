"""Trained models as files that answer without seqkit and without Keras."""

from seqkit.export.captioning import caption_signatures
from seqkit.export.classification import classification_signatures
from seqkit.export.in_graph import in_graph_tokenizer
from seqkit.export.in_graph_entities import InGraphEntities
from seqkit.export.in_graph_pieces import InGraphBytes, InGraphCharacters, InGraphWords
from seqkit.export.in_graph_splitter import InGraphSplitter
from seqkit.export.in_graph_word_encoder import InGraphWordEncoder
from seqkit.export.language import language_signatures
from seqkit.export.saved_model import save_model
from seqkit.export.signatures import Signature, text_signatures, token_signatures
from seqkit.export.tagging import tagging_signatures
from seqkit.export.text import InGraphTokenizer
from seqkit.export.texts import TextReader, TextWriter

__all__ = [
    "InGraphBytes",
    "InGraphCharacters",
    "InGraphEntities",
    "InGraphSplitter",
    "InGraphTokenizer",
    "InGraphWordEncoder",
    "InGraphWords",
    "Signature",
    "TextReader",
    "TextWriter",
    "caption_signatures",
    "classification_signatures",
    "in_graph_tokenizer",
    "language_signatures",
    "save_model",
    "tagging_signatures",
    "text_signatures",
    "token_signatures",
]


def __dir__() -> list[str]:
    return sorted(__all__)
