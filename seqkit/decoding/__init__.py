"""One compiled decoding loop; greedy, beam search and sampling as small strategies."""

from seqkit._public import public as _public
from seqkit.decoding.adjustable import AdjustableSampling as AdjustableSampling
from seqkit.decoding.beam import BeamSearch as BeamSearch
from seqkit.decoding.ctc import Fusion as Fusion
from seqkit.decoding.ctc import ctc_beam_search as ctc_beam_search
from seqkit.decoding.ctc import ctc_greedy as ctc_greedy
from seqkit.decoding.greedy import Greedy as Greedy
from seqkit.decoding.loop import decode as decode
from seqkit.decoding.penalties import coverage_penalty as coverage_penalty
from seqkit.decoding.penalties import length_penalty as length_penalty
from seqkit.decoding.piece import Piece as Piece
from seqkit.decoding.piece import decode_piece as decode_piece
from seqkit.decoding.sampling import Sampling as Sampling
from seqkit.decoding.strategy import Decoded as Decoded
from seqkit.decoding.strategy import Strategy as Strategy
from seqkit.decoding.suppressed import text_suppress_ids as text_suppress_ids


def __dir__() -> list[str]:
    return _public(globals())
