"""A small synchronous grammar: one meaning, in English and in German."""

from seqkit.samples.english_german.english import to_english as to_english
from seqkit.samples.english_german.german import to_german as to_german
from seqkit.samples.english_german.meaning import Combination as Combination
from seqkit.samples.english_german.meaning import Sentence as Sentence
from seqkit.samples.english_german.meaning import combinations as combinations
from seqkit.samples.english_german.sampler import Sampler as Sampler
