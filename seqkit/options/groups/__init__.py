"""Groups of options that recipes share, to be combined by inheritance."""

from seqkit.options.groups.common import Common
from seqkit.options.groups.data import Batches, Data, Tables, TokenBatches
from seqkit.options.groups.decoding import (
    BeamSearch,
    Decoding,
    Evaluate,
    Predict,
    SequenceEvaluate,
    SequencePredict,
)
from seqkit.options.groups.images import Captioner, Captions, Images
from seqkit.options.groups.labels import Classifier, Labels
from seqkit.options.groups.model import (
    Decoder,
    EncoderDecoder,
    EndDropouts,
    Heads,
    WordVectors,
)
from seqkit.options.groups.tags import Tagger, Tags
from seqkit.options.groups.tokenizer import PairTokenizers, Resampling, Tokenizer
from seqkit.options.groups.training import (
    EarlyStopping,
    Fit,
    Optimization,
    Precision,
    Smoothing,
    rates,
)

__all__ = [
    "Batches",
    "BeamSearch",
    "Captioner",
    "Captions",
    "Classifier",
    "Common",
    "Data",
    "Decoder",
    "Decoding",
    "EarlyStopping",
    "EncoderDecoder",
    "EndDropouts",
    "Evaluate",
    "Fit",
    "Heads",
    "Images",
    "Labels",
    "Optimization",
    "PairTokenizers",
    "Precision",
    "Predict",
    "Resampling",
    "SequenceEvaluate",
    "SequencePredict",
    "Smoothing",
    "Tagger",
    "Tables",
    "Tags",
    "TokenBatches",
    "Tokenizer",
    "WordVectors",
    "rates",
]


def __dir__() -> list[str]:
    return sorted(__all__)
