"""Keras models: what the recipes train."""

from seqkit.models.recurrent_seq2seq import RecurrentSeq2Seq as RecurrentSeq2Seq
from seqkit.models.seq2seq import Seq2Seq as Seq2Seq
from seqkit.models.transformer_seq2seq import TransformerSeq2Seq as TransformerSeq2Seq
from seqkit.models.uncached import UncachedSteps as UncachedSteps
from seqkit.models.uncached import with_steps as with_steps
