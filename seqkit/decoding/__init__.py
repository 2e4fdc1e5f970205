"""One compiled decoding loop; greedy, beam search and sampling as small strategies."""

from seqkit.decoding.adjustable import AdjustableSampling
from seqkit.decoding.beam import BeamSearch
from seqkit.decoding.greedy import Greedy
from seqkit.decoding.loop import decode
from seqkit.decoding.penalties import coverage_penalty, length_penalty
from seqkit.decoding.piece import Piece, decode_piece
from seqkit.decoding.sampling import Sampling
from seqkit.decoding.strategy import Decoded, Strategy
from seqkit.decoding.suppressed import text_suppress_ids

__all__ = [
    "AdjustableSampling",
    "BeamSearch",
    "Decoded",
    "Greedy",
    "Piece",
    "Sampling",
    "Strategy",
    "coverage_penalty",
    "decode",
    "decode_piece",
    "length_penalty",
    "text_suppress_ids",
]


def __dir__() -> list[str]:
    return sorted(__all__)
