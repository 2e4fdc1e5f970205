"""Trained models run over raw inputs: rows, sequences, and language models."""

from seqkit.inference.compiled import compiled
from seqkit.inference.language.continuation import Continuation
from seqkit.inference.language.dynamic_evaluation import DynamicEvaluation
from seqkit.inference.language.generator import Generator
from seqkit.inference.language.neural_cache import NeuralCache
from seqkit.inference.language.score_totals import ScoreTotals
from seqkit.inference.language.scorer import Scorer
from seqkit.inference.language.stream import Stream, StreamState
from seqkit.inference.n_best import n_best_texts
from seqkit.inference.rows import RowRunner
from seqkit.inference.sequences import SequenceDecoder
from seqkit.inference.strategies import draws, strategy, strategy_key

__all__ = [
    "Continuation",
    "DynamicEvaluation",
    "Generator",
    "NeuralCache",
    "RowRunner",
    "ScoreTotals",
    "Scorer",
    "SequenceDecoder",
    "Stream",
    "StreamState",
    "compiled",
    "draws",
    "n_best_texts",
    "strategy",
    "strategy_key",
]


def __dir__():
    return sorted(__all__)
