"""How good a model is: thin faces of the libraries that everybody compares with."""

from seqkit.metrics.perplexity import Perplexity as Perplexity
from seqkit.metrics.perplexity import TokenAccuracy as TokenAccuracy
from seqkit.metrics.translation import translation_scores as translation_scores
