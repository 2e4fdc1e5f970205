"""Text to token ids and back."""

from seqkit._public import public as _public
from seqkit.special_ids import END_ID as END_ID
from seqkit.special_ids import PAD_ID as PAD_ID
from seqkit.special_ids import START_ID as START_ID
from seqkit.special_ids import UNKNOWN_ID as UNKNOWN_ID
from seqkit.tokenizers.bytes import ByteTokenizer as ByteTokenizer
from seqkit.tokenizers.characters import CharacterTokenizer as CharacterTokenizer
from seqkit.tokenizers.incremental import IncrementalDecoder as IncrementalDecoder
from seqkit.tokenizers.label_vocabulary import LabelVocabulary as LabelVocabulary
from seqkit.tokenizers.loading import load_tokenizer as load_tokenizer
from seqkit.tokenizers.sentencepiece import (
    SentencePieceTokenizer as SentencePieceTokenizer,
)
from seqkit.tokenizers.text_words import TextWordTokenizer as TextWordTokenizer
from seqkit.tokenizers.tokenizer import Tokenizer as Tokenizer
from seqkit.tokenizers.word_encoder import WordEncoder as WordEncoder
from seqkit.tokenizers.word_splitter import WordSplitter as WordSplitter
from seqkit.tokenizers.word_vectors import read_word_vectors as read_word_vectors
from seqkit.tokenizers.words import WordTokenizer as WordTokenizer


def __dir__() -> list[str]:
    return _public(globals())
