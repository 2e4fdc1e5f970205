"""How good a model is, by the libraries whose scores are comparable."""

from seqkit._public import public as _public
from seqkit.metrics.bootstrap import Interval as Interval
from seqkit.metrics.bootstrap import bootstrap as bootstrap
from seqkit.metrics.calibration import calibration_of as calibration_of
from seqkit.metrics.calibration import calibration_statistics as calibration_statistics
from seqkit.metrics.calibration import (
    expected_calibration_error as expected_calibration_error,
)
from seqkit.metrics.captioning import caption_measures as caption_measures
from seqkit.metrics.captioning import caption_scores as caption_scores
from seqkit.metrics.classification import (
    classification_measures as classification_measures,
)
from seqkit.metrics.classification import classification_scores as classification_scores
from seqkit.metrics.direction import lower_is_better as lower_is_better
from seqkit.metrics.forecasting import ForecastScores as ForecastScores
from seqkit.metrics.forecasting import naive_errors as naive_errors
from seqkit.metrics.language import language_measures as language_measures
from seqkit.metrics.language import token_measures as token_measures
from seqkit.metrics.measures import Figure as Figure
from seqkit.metrics.measures import Measures as Measures
from seqkit.metrics.measures import fraction as fraction
from seqkit.metrics.measures import ratio as ratio
from seqkit.metrics.perplexity import Perplexity as Perplexity
from seqkit.metrics.perplexity import TokenAccuracy as TokenAccuracy
from seqkit.metrics.pointing import pointing_measures as pointing_measures
from seqkit.metrics.significance import Difference as Difference
from seqkit.metrics.significance import paired_tests as paired_tests
from seqkit.metrics.speech import speech_measures as speech_measures
from seqkit.metrics.summarization import summary_measures as summary_measures
from seqkit.metrics.summarization import summary_scores as summary_scores
from seqkit.metrics.tagging import tagging_measures as tagging_measures
from seqkit.metrics.tagging import tagging_scores as tagging_scores
from seqkit.metrics.translation import bleu_tokenizer as bleu_tokenizer
from seqkit.metrics.translation import translation_measures as translation_measures
from seqkit.metrics.translation import translation_scores as translation_scores


def __dir__() -> list[str]:
    return _public(globals())
