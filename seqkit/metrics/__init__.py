"""How good a model is, by the libraries whose scores are comparable."""

from seqkit.metrics.calibration import expected_calibration_error
from seqkit.metrics.captioning import caption_scores
from seqkit.metrics.classification import classification_scores
from seqkit.metrics.perplexity import Perplexity, TokenAccuracy
from seqkit.metrics.tagging import tagging_scores
from seqkit.metrics.translation import bleu_tokenizer, translation_scores

__all__ = [
    "Perplexity",
    "TokenAccuracy",
    "bleu_tokenizer",
    "caption_scores",
    "classification_scores",
    "expected_calibration_error",
    "tagging_scores",
    "translation_scores",
]


def __dir__() -> list[str]:
    return sorted(__all__)
