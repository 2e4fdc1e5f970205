"""Keras layers for sequences, each usable alone in anybody's model."""

from seqkit.layers.attention import Attention as Attention
from seqkit.layers.bidirectional import Bidirectional as Bidirectional
from seqkit.layers.feed_forward import FeedForward as FeedForward
from seqkit.layers.gru import GRU as GRU
from seqkit.layers.lstm import LSTM as LSTM
from seqkit.layers.multi_head_attention import MultiHeadAttention as MultiHeadAttention
from seqkit.layers.simple_rnn import SimpleRNN as SimpleRNN
from seqkit.layers.sinusoidal_position_encoding import (
    SinusoidalPositionEncoding as SinusoidalPositionEncoding,
)
from seqkit.layers.transformer_decoder import TransformerDecoder as TransformerDecoder
from seqkit.layers.transformer_encoder import TransformerEncoder as TransformerEncoder
