"""Subword tokenizers."""

import functools
import hashlib
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from seqkit.errors import SeqkitError
from seqkit.special_ids import FIRST_TEXT_ID, UNKNOWN_ID
from seqkit.tokenizers.json_tokenizer import write_whole
from seqkit.tokenizers.sentencepiece_decoding import PieceDecoding, PieceTable
from seqkit.tokenizers.sentencepiece_training import learn_pieces, reason
from seqkit.tokenizers.special_tokens import with_special_tokens_first
from seqkit.tokenizers.texts import checked


class SentencePieceTokenizer:
    """Text to token ids and back, with a SentencePiece model, the `proto` of a file.

    Kudo and Richardson 2018, arXiv:1808.06226. In every vocabulary `<pad>`, `<unk>`,
    `<s>`, `</s>` have the ids 0, 1, 2, 3; a model that has them elsewhere is
    renumbered. Text that looks like a control token (`<s>`, `<pad>`) is encoded as the
    ordinary text it is. With byte fallback every text comes back from `decode` as it
    went in, except that U+2581, SentencePiece's own sign for a space, becomes one.

    Attributes:
        notes: What `train` decided, for people to read.

    >>> from seqkit.tokenizers import SentencePieceTokenizer
    >>> text = ["the dog runs", "the dogs run", "a dog ran"] * 10
    >>> tokenizer = SentencePieceTokenizer.train(text, vocabulary_size=300)
    >>> tokenizer.decode(tokenizer.encode(["a <s> dog 🐕"]))
    ['a <s> dog 🐕']
    """

    def __init__(self, proto: bytes):
        import sentencepiece

        self.proto = with_special_tokens_first(proto)
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=self.proto)
        self.vocabulary_size = self._processor.get_piece_size()
        self.notes: tuple[str, ...] = ()

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        *,
        vocabulary_size: int,
        model_type: str = "unigram",
        byte_fallback: bool = True,
        normalization: str = "identity",
        symbols: Sequence[str] = (),
        add_dummy_prefix: bool = True,
    ) -> "SentencePieceTokenizer":
        """Learns a vocabulary from texts.

        Args:
            vocabulary_size: Number of ids, the four special ones and the 256 bytes of
                `byte_fallback` included. A unigram vocabulary is smaller if the texts
                do not hold so many pieces.
            model_type: `"unigram"`, `"bpe"` or `"char"`.
            byte_fallback: Whether a character outside the vocabulary is written as its
                UTF-8 bytes rather than as `<unk>`. If the texts have more characters
                than the vocabulary has room for, the rarest are written so; then half
                of the room is for pieces of several characters.
            normalization: SentencePiece's rule; `"identity"` leaves text as it is,
                `"nmt_nfkc"` unifies compatible characters.
            symbols: Texts that are one token each wherever they occur and never part of
                another; they count in `vocabulary_size`. For a language model,
                `["\\n"]`.
            add_dummy_prefix: Whether a text is encoded as if it began with a space, so
                that its first word is the same token as inside a text. For a language
                model, `False` with the newline among `symbols`: then the ids of lines
                encoded one by one, put together, are those of the whole text.

        Raises:
            SeqkitError: The texts are empty, too few for the vocabulary, or have more
                characters than it has room for.
        """
        proto, notes = learn_pieces(
            texts,
            vocabulary_size=vocabulary_size,
            model_type=model_type,
            byte_fallback=byte_fallback,
            normalization=normalization,
            symbols=symbols,
            add_dummy_prefix=add_dummy_prefix,
        )
        tokenizer = cls(proto)
        tokenizer.notes = notes
        return tokenizer

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "SentencePieceTokenizer":
        """Reads a `.model` file, from `save` or from SentencePiece's own trainer."""
        path = Path(path)
        expected = f"{path}: expected a SentencePiece .model file"
        if not path.is_file():
            raise SeqkitError(f"{expected}, found none")
        try:
            return cls(path.read_bytes())
        except Exception as error:
            raise SeqkitError(
                f"{expected}, found something else ({reason(error)})"
            ) from error

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the `.model` file, whole or not at all."""
        write_whole(path, self.proto)

    def encode(
        self,
        texts: Sequence[str],
        *,
        sampling_alpha: float | None = None,
        seed: int | Sequence[int] | None = None,
        num_threads: int = 1,
    ) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>`.

        Args:
            sampling_alpha: If given, a segmentation is drawn at random: subword
                regularization (Kudo 2018, arXiv:1804.10959) with this smoothing for a
                unigram model, BPE-dropout (Provilkov et al. 2020, arXiv:1910.13267)
                with this probability for a BPE model.
            seed: Seed of the draw, or one of each text, whose draw then does not depend
                on the others.
            num_threads: Threads, of which a draw uses one.

        Raises:
            SeqkitError: A text is not a string of Unicode characters, or the model has
                only one segmentation per text.
        """
        if isinstance(seed, Sequence):
            return [
                self.encode([text], sampling_alpha=sampling_alpha, seed=one)[0]
                for text, one in zip(texts, seed, strict=True)
            ]
        texts = list(checked(texts))
        if sampling_alpha is None:
            return self._processor.encode(texts, num_threads=num_threads)
        import sentencepiece

        if seed is not None:
            # The last number of 32 bits means no seed at all.
            sentencepiece.set_random_generator_seed(seed % ((1 << 32) - 1))
        try:
            return self._processor.encode(
                texts,
                enable_sampling=True,
                alpha=sampling_alpha,
                nbest_size=-1,
                num_threads=1,
            )
        except RuntimeError as error:
            raise SeqkitError(
                "subword sampling: expected a unigram or a BPE vocabulary, found one "
                "that has a single segmentation for each text"
            ) from error

    def decode(self, token_ids: Sequence[Sequence[int]]) -> list[str]:
        """Text of each sequence of ids; the special tokens are left out."""
        kept = [
            [int(i) for i in ids if i == UNKNOWN_ID or i >= FIRST_TEXT_ID]
            for ids in token_ids
        ]
        return self._processor.decode(kept) if kept else []

    def decoding(self) -> PieceDecoding:
        """What `IncrementalDecoder` steps through."""
        return PieceDecoding(self._table)

    @functools.cached_property
    def _table(self):
        return PieceTable(self._processor, self.proto)

    def pieces(self, token_ids: Sequence[int]) -> list[str]:
        """The piece of each id, for plots; a space is `▁`."""
        return [self._processor.id_to_piece(int(i)) for i in token_ids]

    @property
    def fingerprint(self) -> str:
        """A hash of the model, a key for caches of encoded texts."""
        return hashlib.sha256(self.proto).hexdigest()[:16]
