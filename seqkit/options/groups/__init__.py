"""Groups of options that recipes share, to be combined by inheritance."""

from seqkit._public import public as _public
from seqkit.options.groups.common import Common as Common
from seqkit.options.groups.copying import Copying as Copying
from seqkit.options.groups.data import Batches as Batches
from seqkit.options.groups.data import BucketBatches as BucketBatches
from seqkit.options.groups.data import Data as Data
from seqkit.options.groups.data import Tables as Tables
from seqkit.options.groups.data import TokenBatches as TokenBatches
from seqkit.options.groups.decoding import BeamSearch as BeamSearch
from seqkit.options.groups.decoding import Decoding as Decoding
from seqkit.options.groups.decoding import Evaluate as Evaluate
from seqkit.options.groups.decoding import Predict as Predict
from seqkit.options.groups.decoding import SequenceEvaluate as SequenceEvaluate
from seqkit.options.groups.decoding import SequencePredict as SequencePredict
from seqkit.options.groups.devices import Devices as Devices
from seqkit.options.groups.images import Captioner as Captioner
from seqkit.options.groups.images import Captions as Captions
from seqkit.options.groups.images import Images as Images
from seqkit.options.groups.labels import Classifier as Classifier
from seqkit.options.groups.labels import Labels as Labels
from seqkit.options.groups.model import Decoder as Decoder
from seqkit.options.groups.model import EncoderDecoder as EncoderDecoder
from seqkit.options.groups.model import EndDropouts as EndDropouts
from seqkit.options.groups.model import Heads as Heads
from seqkit.options.groups.model import WordVectors as WordVectors
from seqkit.options.groups.points import Pointer as Pointer
from seqkit.options.groups.points import Points as Points
from seqkit.options.groups.processes import Processes as Processes
from seqkit.options.groups.reports import Report as Report
from seqkit.options.groups.reports import Samples as Samples
from seqkit.options.groups.series import Forecaster as Forecaster
from seqkit.options.groups.series import Series as Series
from seqkit.options.groups.speech import CTCEvaluate as CTCEvaluate
from seqkit.options.groups.speech import CTCPredict as CTCPredict
from seqkit.options.groups.speech import CTCSearch as CTCSearch
from seqkit.options.groups.speech import Recognizer as Recognizer
from seqkit.options.groups.speech import SoundChanges as SoundChanges
from seqkit.options.groups.speech import Sounds as Sounds
from seqkit.options.groups.tags import Tagger as Tagger
from seqkit.options.groups.tags import Tags as Tags
from seqkit.options.groups.tokenizer import PairTokenizers as PairTokenizers
from seqkit.options.groups.tokenizer import Resampling as Resampling
from seqkit.options.groups.tokenizer import Tokenizer as Tokenizer
from seqkit.options.groups.training import EarlyStopping as EarlyStopping
from seqkit.options.groups.training import Fit as Fit
from seqkit.options.groups.training import Optimization as Optimization
from seqkit.options.groups.training import Precision as Precision
from seqkit.options.groups.training import Smoothing as Smoothing
from seqkit.options.groups.training import TokenStopping as TokenStopping
from seqkit.options.groups.training import rates as rates


def __dir__() -> list[str]:
    return _public(globals())
