"""Keras models: what the recipes train."""

from seqkit.models.language_model import LanguageModel as LanguageModel
from seqkit.models.mamba_language_model import MambaLanguageModel as MambaLanguageModel
from seqkit.models.recurrent_language_model import (
    RecurrentLanguageModel as RecurrentLanguageModel,
)
from seqkit.models.recurrent_seq2seq import RecurrentSeq2Seq as RecurrentSeq2Seq
from seqkit.models.seq2seq import Seq2Seq as Seq2Seq
from seqkit.models.transformer_language_model import (
    TransformerLanguageModel as TransformerLanguageModel,
)
from seqkit.models.transformer_seq2seq import TransformerSeq2Seq as TransformerSeq2Seq
from seqkit.models.uncached import UncachedSteps as UncachedSteps
from seqkit.models.uncached import with_steps as with_steps
