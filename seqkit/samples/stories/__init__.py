"""A small grammar of English stories: one table of rules for writing and reading."""

from seqkit.samples.stories.agreement import AgreementPair as AgreementPair
from seqkit.samples.stories.agreement import find_pairs as find_pairs
from seqkit.samples.stories.reader import Reader as Reader
from seqkit.samples.stories.text import to_text as to_text
from seqkit.samples.stories.text import to_words as to_words
from seqkit.samples.stories.writer import Token as Token
from seqkit.samples.stories.writer import Writer as Writer
from seqkit.samples.stories.writer import combinations as combinations
