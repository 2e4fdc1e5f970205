"""Text to token ids and back."""

from seqkit.tokenizers.sentencepiece import (
    SentencePieceTokenizer as SentencePieceTokenizer,
)
from seqkit.tokenizers.special_tokens import END_ID as END_ID
from seqkit.tokenizers.special_tokens import PAD_ID as PAD_ID
from seqkit.tokenizers.special_tokens import START_ID as START_ID
from seqkit.tokenizers.special_tokens import UNKNOWN_ID as UNKNOWN_ID
