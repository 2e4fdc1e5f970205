"""Subword tokenizers."""

import functools
import hashlib
import io
from collections.abc import Iterable, Sequence
from os import PathLike
from pathlib import Path

from seqkit.errors import SeqkitError
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, PAD_ID, START_ID, UNKNOWN_ID
from seqkit.tokenizers.json_tokenizer import write_whole
from seqkit.tokenizers.sentencepiece_decoding import PieceDecoding, PieceTable
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES, with_special_tokens_first
from seqkit.tokenizers.texts import checked

MODEL_TYPES = ("unigram", "bpe", "char")


class SentencePieceTokenizer:
    """Text to token ids and back, with a SentencePiece model.

    Kudo and Richardson 2018, arXiv:1808.06226. In every vocabulary `<pad>`, `<unk>`,
    `<s>`, `</s>` have the ids 0, 1, 2, 3; a model that has them elsewhere is
    renumbered. Text that looks like a control token (`<s>`, `<pad>`) is encoded as the
    ordinary text it is. With byte fallback every text comes back from `decode` as it
    went in, except that U+2581, SentencePiece's own sign for a space, becomes one.

    Args:
        proto: The bytes of a SentencePiece `.model` file.

    Attributes:
        proto: The model in use, in the order above.
        vocabulary_size: Number of ids.

    Example:

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
            texts: The training texts, read once.
            vocabulary_size: Number of ids, the four special ones and the 256 bytes of
                `byte_fallback` included. A unigram vocabulary is smaller if the texts
                do not hold so many pieces.
            model_type: `"unigram"`, `"bpe"` or `"char"`.
            byte_fallback: Whether a character outside the vocabulary is written as its
                UTF-8 bytes rather than as `<unk>`.
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
            SeqkitError: The texts are empty, or too few for the vocabulary.
        """
        import sentencepiece

        if model_type not in MODEL_TYPES:
            raise SeqkitError(
                f"model_type: expected one of {', '.join(MODEL_TYPES)}, "
                f"found {model_type!r}"
            )
        for symbol in symbols:
            if not isinstance(symbol, str) or symbol in ("", *SPECIAL_PIECES):
                raise SeqkitError(
                    "symbols: expected texts that are none of "
                    f"{', '.join(SPECIAL_PIECES)}, found {symbol!r}"
                )
        unusable = []

        def clean():
            try:
                # SentencePiece stops at a NUL, and leaves out a text with U+2585, its
                # own sign for the unknown.
                for text in checked(texts):
                    yield from _parts(text.replace("\0", " ").replace("\u2585", " "))
            except SeqkitError as error:  # lost on the way through C++
                unusable.append(error)

        model = io.BytesIO()
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=clean(),
                model_writer=model,
                vocab_size=vocabulary_size,
                model_type=model_type,
                byte_fallback=byte_fallback,
                character_coverage=1.0,
                hard_vocab_limit=model_type == "bpe",
                normalization_rule_name=normalization,
                remove_extra_whitespaces=False,
                add_dummy_prefix=add_dummy_prefix,
                user_defined_symbols=list(symbols),
                max_sentence_length=1 << 20,  # bytes; more would be left out
                pad_id=PAD_ID,
                unk_id=UNKNOWN_ID,
                bos_id=START_ID,
                eos_id=END_ID,
                minloglevel=2,
            )
        except (RuntimeError, OSError) as error:
            if not unusable:
                raise SeqkitError(
                    f"no {model_type} vocabulary of {vocabulary_size} could be learned "
                    f"from the training texts: {_reason(error)}. "
                    "Give more text or another vocabulary_size."
                ) from error
        if unusable:
            raise unusable[0]
        return cls(model.getvalue())

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
                f"{expected}, found something else ({_reason(error)})"
            ) from error

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the `.model` file, whole or not at all."""
        write_whole(path, self.proto)

    def encode(
        self,
        texts: Sequence[str],
        *,
        sampling_alpha: float | None = None,
        seed: int | None = None,
        num_threads: int = 1,
    ) -> list[list[int]]:
        """Token ids of each text, without `<s>` and `</s>`.

        Args:
            texts: N texts.
            sampling_alpha: If given, a segmentation is drawn at random: subword
                regularization (Kudo 2018, arXiv:1804.10959) with this smoothing for a
                unigram model, BPE-dropout (Provilkov et al. 2020, arXiv:1910.13267)
                with this probability for a BPE model.
            seed: Seed of the draw.
            num_threads: Threads to share the texts among; a draw uses one.

        Raises:
            SeqkitError: A text is not a string of Unicode characters, or the model has
                only one segmentation per text.
        """
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


def _parts(text: str, length: int = 1 << 12):
    """A training text in parts, cut between words.

    In one long text SentencePiece looks for repetitions of any length, which takes
    forever if there are some.
    """
    start = 0
    while start < len(text):
        stop = start + length
        if stop < len(text):
            line = text.rfind("\n", start, stop) + 1
            word = text.rfind(" ", start + 1, stop)
            stop = max(line, word) if max(line, word) > start else stop
        yield text[start:stop]
        start = stop


def _reason(error: Exception) -> str:
    """The last sentence of SentencePiece's message, without its source's file names."""
    text = str(error).strip().splitlines()[-1] if str(error).strip() else repr(error)
    if "sentences_.empty()" in text:
        return "there is no text in them"
    return text.split("] ", 1)[-1].strip().rstrip(".")
