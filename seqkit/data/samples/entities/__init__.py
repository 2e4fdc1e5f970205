"""A small grammar of messages and news: one table of rules that marks the names."""

from seqkit.data.samples.entities.names import EVERYDAY_NAMES as EVERYDAY_NAMES
from seqkit.data.samples.entities.names import NAMES as NAMES
from seqkit.data.samples.entities.names import family as family
from seqkit.data.samples.entities.writer import Sentence as Sentence
from seqkit.data.samples.entities.writer import Writer as Writer
