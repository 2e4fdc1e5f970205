"""Keras layers for sequences, each usable alone in anybody's model."""

from seqkit._public import public as _public
from seqkit.layers.alibi_bias import AlibiBias as AlibiBias
from seqkit.layers.attention import Attention as Attention
from seqkit.layers.bidirectional import Bidirectional as Bidirectional
from seqkit.layers.character_encoder import CharacterEncoder as CharacterEncoder
from seqkit.layers.copy_mechanism import CopyMechanism as CopyMechanism
from seqkit.layers.coverage import coverage_loss as coverage_loss
from seqkit.layers.crf import CRF as CRF
from seqkit.layers.feed_forward import FeedForward as FeedForward
from seqkit.layers.gru import GRU as GRU
from seqkit.layers.log_mel import LogMelSpectrogram as LogMelSpectrogram
from seqkit.layers.lstm import LSTM as LSTM
from seqkit.layers.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from seqkit.layers.pointer_attention import PointerAttention as PointerAttention
from seqkit.layers.pointer_attention import pointed_before as pointed_before
from seqkit.layers.position_embedding import PositionEmbedding as PositionEmbedding
from seqkit.layers.recurrent_stack import RecurrentStack as RecurrentStack
from seqkit.layers.rotary_embedding import RotaryEmbedding as RotaryEmbedding
from seqkit.layers.segment_recurrence import SegmentRecurrence as SegmentRecurrence
from seqkit.layers.selective_ssm import SelectiveSSM as SelectiveSSM
from seqkit.layers.sequence_pooling import SequencePooling as SequencePooling
from seqkit.layers.simple_rnn import SimpleRNN as SimpleRNN
from seqkit.layers.sinusoidal_position_encoding import (
    SinusoidalPositionEncoding as SinusoidalPositionEncoding,
)
from seqkit.layers.spec_augment import SpecAugment as SpecAugment
from seqkit.layers.tagging_scheme import tagging_constraints as tagging_constraints
from seqkit.layers.tied_embedding import TiedEmbedding as TiedEmbedding
from seqkit.layers.transformer_decoder import TransformerDecoder as TransformerDecoder
from seqkit.layers.transformer_encoder import TransformerEncoder as TransformerEncoder


def __dir__() -> list[str]:
    return _public(globals())
