"""SentencePiece's trainer: from texts to a model, with messages in seqkit's terms."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from seqkit.errors import SeqkitError
from seqkit.special_ids import END_ID, FIRST_TEXT_ID, PAD_ID, START_ID, UNKNOWN_ID
from seqkit.tokenizers.special_tokens import SPECIAL_PIECES
from seqkit.tokenizers.texts import checked

MODEL_TYPES = ("unigram", "bpe", "char")
_BYTES = 256
_RARE = "\ufffd"
"""What takes the place of rare characters; a symbol, which no piece goes across."""


class _TooManyCharacters(Exception):
    pass


def learn_pieces(
    texts: Iterable[str],
    *,
    vocabulary_size: int,
    model_type: str,
    byte_fallback: bool,
    normalization: str,
    symbols: Sequence[str],
    add_dummy_prefix: bool,
) -> tuple[bytes, tuple[str, ...]]:
    """A SentencePiece model and notes; arguments as `SentencePieceTokenizer.train`."""
    _check(model_type, symbols)
    if byte_fallback and iter(texts) is texts:
        texts = list(texts)  # they may be read twice
    fixed = FIRST_TEXT_ID + _BYTES * byte_fallback + len(symbols)
    room = vocabulary_size - fixed
    options = {
        "vocab_size": vocabulary_size,
        "model_type": model_type,
        "byte_fallback": byte_fallback,
        "hard_vocab_limit": model_type == "bpe",
        "normalization_rule_name": normalization,
        "add_dummy_prefix": add_dummy_prefix,
    }
    try:
        if room < 1:
            raise _TooManyCharacters
        try:
            return _train(texts, symbols, options), ()
        except _TooManyCharacters:
            if not byte_fallback or room < 4:
                raise
        # Half of the room is for pieces of several characters.
        counts = Counter(char for text in texts for char in _usable(text))
        rare = [char for char, _ in counts.most_common()[(room - 1) // 2 :]]
        table = str.maketrans(dict.fromkeys(rare, _RARE))
        kept = (text.translate(table) for text in texts)
        note = (
            f"vocabulary_size={vocabulary_size}: of {len(counts):,} characters the "
            f"{len(rare):,} rarest are written as bytes"
        )
        return _train(kept, {*symbols, _RARE}, options), (note,)
    except _TooManyCharacters as error:
        parts = f"{FIRST_TEXT_ID} special ones"
        parts += f", {_BYTES} bytes" if byte_fallback else ""
        parts += ", the symbols" if symbols else ""
        advice = "Give a larger vocabulary_size"
        if not byte_fallback:
            advice += ", or byte_fallback=True, which writes rare characters as bytes"
        raise SeqkitError(
            f"vocabulary_size: expected room for {parts} and the characters of the "
            f"training texts{error}, found {vocabulary_size}. {advice}."
        ) from None


def _check(model_type: str, symbols: Sequence[str]) -> None:
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


def _train(
    texts: Iterable[str], symbols: Iterable[str], options: dict[str, Any]
) -> bytes:
    """Runs SentencePiece's trainer."""
    import sentencepiece

    unusable = []

    def clean():
        try:
            for text in checked(texts):
                yield from _parts(_usable(text))
        except SeqkitError as error:  # lost on the way through C++
            unusable.append(error)

    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=clean(),
            model_writer=model,
            character_coverage=1.0,
            remove_extra_whitespaces=False,
            user_defined_symbols=list(symbols),
            max_sentence_length=1 << 20,  # bytes; more would be left out
            pad_id=PAD_ID,
            unk_id=UNKNOWN_ID,
            bos_id=START_ID,
            eos_id=END_ID,
            minloglevel=2,
            **options,
        )
    except (RuntimeError, OSError) as error:
        if not unusable and "smaller than required_chars" in str(error):
            needed = str(error).split(" vs ")[-1].split(".")[0]
            raise _TooManyCharacters(f", at least {needed} in all") from None
        if not unusable:
            raise SeqkitError(
                f"no {options['model_type']} vocabulary of {options['vocab_size']} "
                f"could be learned from the training texts: {reason(error)}. "
                "Give more text or another vocabulary_size."
            ) from error
    if unusable:
        raise unusable[0]
    return model.getvalue()


def _usable(text: str) -> str:
    """A text without NUL, where SentencePiece stops, and U+2585, its unknown sign."""
    return text.replace("\0", " ").replace("\u2585", " ")


def _parts(text: str, length: int = 1 << 12) -> Iterator[str]:
    """A text cut between words: repetitions in a long one take forever to find."""
    start = 0
    while start < len(text):
        stop = start + length
        if stop < len(text):
            line = text.rfind("\n", start, stop) + 1
            word = text.rfind(" ", start + 1, stop)
            stop = max(line, word) if max(line, word) > start else stop
        yield text[start:stop]
        start = stop


def reason(error: Exception) -> str:
    """The last sentence of SentencePiece's message, without its source's file names."""
    text = str(error).strip().splitlines()[-1] if str(error).strip() else repr(error)
    if "sentences_.empty()" in text:
        return "there is no text in them"
    return text.split("] ", 1)[-1].strip().rstrip(".")
