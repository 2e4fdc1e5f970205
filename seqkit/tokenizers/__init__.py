"""Text to token ids and back."""

from seqkit.special_ids import END_ID, PAD_ID, START_ID, UNKNOWN_ID
from seqkit.tokenizers.bytes import ByteTokenizer
from seqkit.tokenizers.characters import CharacterTokenizer
from seqkit.tokenizers.incremental import IncrementalDecoder
from seqkit.tokenizers.label_vocabulary import LabelVocabulary
from seqkit.tokenizers.loading import load_tokenizer
from seqkit.tokenizers.sentencepiece import SentencePieceTokenizer
from seqkit.tokenizers.tokenizer import Tokenizer
from seqkit.tokenizers.word_encoder import WordEncoder
from seqkit.tokenizers.word_splitter import WordSplitter
from seqkit.tokenizers.word_vectors import read_word_vectors
from seqkit.tokenizers.words import WordTokenizer

__all__ = [
    "END_ID",
    "PAD_ID",
    "START_ID",
    "UNKNOWN_ID",
    "ByteTokenizer",
    "CharacterTokenizer",
    "IncrementalDecoder",
    "LabelVocabulary",
    "SentencePieceTokenizer",
    "Tokenizer",
    "WordEncoder",
    "WordSplitter",
    "WordTokenizer",
    "load_tokenizer",
    "read_word_vectors",
]


def __dir__() -> list[str]:
    return sorted(__all__)
