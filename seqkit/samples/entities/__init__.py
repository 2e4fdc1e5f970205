"""A small grammar of messages and news: one table of rules that marks the names."""

from seqkit.samples.entities.names import EVERYDAY_NAMES as EVERYDAY_NAMES
from seqkit.samples.entities.names import NAMES as NAMES
from seqkit.samples.entities.names import family as family
from seqkit.samples.entities.writer import Sentence as Sentence
from seqkit.samples.entities.writer import Writer as Writer
