"""Trained models as files that answer without seqkit and without Keras."""

import importlib.util as _util

from seqkit._public import public as _public
from seqkit.errors import SeqkitError as _SeqkitError

if _util.find_spec("tensorflow") is None:
    raise _SeqkitError(
        "export: expected TensorFlow, which is not installed here. A model trained on "
        "one backend loads on every other: save the task, load it where TensorFlow is, "
        "with KERAS_BACKEND=tensorflow, and export it there"
    )

from seqkit.export.captioning import caption_signatures as caption_signatures
from seqkit.export.classification import (
    classification_signatures as classification_signatures,
)
from seqkit.export.forecasting import forecast_signatures as forecast_signatures
from seqkit.export.in_graph import in_graph_tokenizer as in_graph_tokenizer
from seqkit.export.in_graph_entities import InGraphEntities as InGraphEntities
from seqkit.export.in_graph_pieces import InGraphBytes as InGraphBytes
from seqkit.export.in_graph_pieces import InGraphCharacters as InGraphCharacters
from seqkit.export.in_graph_pieces import InGraphWords as InGraphWords
from seqkit.export.in_graph_splitter import InGraphSplitter as InGraphSplitter
from seqkit.export.in_graph_text_words import InGraphTextWords as InGraphTextWords
from seqkit.export.in_graph_word_encoder import InGraphWordEncoder as InGraphWordEncoder
from seqkit.export.language import language_signatures as language_signatures
from seqkit.export.pointing import pointing_signatures as pointing_signatures
from seqkit.export.saved_model import save_model as save_model
from seqkit.export.signatures import Signature as Signature
from seqkit.export.signatures import text_signatures as text_signatures
from seqkit.export.signatures import token_signatures as token_signatures
from seqkit.export.speech import speech_signatures as speech_signatures
from seqkit.export.tagging import tagging_signatures as tagging_signatures
from seqkit.export.text import InGraphTokenizer as InGraphTokenizer
from seqkit.export.texts import TextReader as TextReader
from seqkit.export.texts import TextWriter as TextWriter


def __dir__() -> list[str]:
    return _public(globals())
