"""Keras models, those that the recipes train."""

from seqkit._public import public as _public
from seqkit.models.captioner import Captioner as Captioner
from seqkit.models.decoding_model import DecodingModel as DecodingModel
from seqkit.models.forecaster import Forecaster as Forecaster
from seqkit.models.image_encoder import ImageEncoder as ImageEncoder
from seqkit.models.image_encoder import image_encoder as image_encoder
from seqkit.models.language_model import LanguageModel as LanguageModel
from seqkit.models.mamba_language_model import MambaLanguageModel as MambaLanguageModel
from seqkit.models.pointer_network import PointerNetwork as PointerNetwork
from seqkit.models.recurrent_captioner import RecurrentCaptioner as RecurrentCaptioner
from seqkit.models.recurrent_language_model import (
    RecurrentLanguageModel as RecurrentLanguageModel,
)
from seqkit.models.recurrent_seq2seq import RecurrentSeq2Seq as RecurrentSeq2Seq
from seqkit.models.seq2seq import Seq2Seq as Seq2Seq
from seqkit.models.small_image_encoder import SmallImageEncoder as SmallImageEncoder
from seqkit.models.speech_recognizer import SpeechRecognizer as SpeechRecognizer
from seqkit.models.tagger import Tagger as Tagger
from seqkit.models.text_classifier import TextClassifier as TextClassifier
from seqkit.models.transformer_captioner import (
    TransformerCaptioner as TransformerCaptioner,
)
from seqkit.models.transformer_language_model import (
    TransformerLanguageModel as TransformerLanguageModel,
)
from seqkit.models.transformer_seq2seq import TransformerSeq2Seq as TransformerSeq2Seq
from seqkit.models.uncached import UncachedSteps as UncachedSteps
from seqkit.models.uncached import with_steps as with_steps


def __dir__() -> list[str]:
    return _public(globals())
