"""Trained models run over raw inputs: rows, sequences, and language models."""

from seqkit._public import public as _public
from seqkit.inference.compiled import compiled as compiled
from seqkit.inference.language.continuation import Continuation as Continuation
from seqkit.inference.language.dynamic_evaluation import (
    DynamicEvaluation as DynamicEvaluation,
)
from seqkit.inference.language.generator import Generator as Generator
from seqkit.inference.language.neural_cache import NeuralCache as NeuralCache
from seqkit.inference.language.score_totals import ScoreTotals as ScoreTotals
from seqkit.inference.language.scorer import Scorer as Scorer
from seqkit.inference.language.stream import Stream as Stream
from seqkit.inference.language.stream import StreamState as StreamState
from seqkit.inference.n_best import n_best_texts as n_best_texts
from seqkit.inference.rows import RowRunner as RowRunner
from seqkit.inference.sequences import SequenceDecoder as SequenceDecoder
from seqkit.inference.strategies import draws as draws
from seqkit.inference.strategies import strategy as strategy
from seqkit.inference.strategies import strategy_key as strategy_key
from seqkit.inference.token_totals import TokenScorer as TokenScorer
from seqkit.inference.token_totals import TokenTotals as TokenTotals


def __dir__() -> list[str]:
    return _public(globals())
