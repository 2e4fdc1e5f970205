"""Any tokenizer from its file."""

from os import PathLike
from pathlib import Path

from seqkit.errors import DataError, SeqkitError
from seqkit.tokenizers.bytes import ByteTokenizer
from seqkit.tokenizers.characters import CharacterTokenizer
from seqkit.tokenizers.json_tokenizer import read_document
from seqkit.tokenizers.sentencepiece import SentencePieceTokenizer
from seqkit.tokenizers.text_words import TextWordTokenizer
from seqkit.tokenizers.tokenizer import Tokenizer
from seqkit.tokenizers.words import WordTokenizer

KINDS = {
    kind.kind: kind
    for kind in (ByteTokenizer, CharacterTokenizer, TextWordTokenizer, WordTokenizer)
}
EXPECTED = "a SentencePiece .model file or the JSON file of another tokenizer"


def load_tokenizer(path: str | PathLike[str]) -> Tokenizer:
    """Reads the file that any tokenizer's `save` wrote, or a SentencePiece model.

    The file is recognised by its contents, not by its name.

    Raises:
        SeqkitError: There is no such file, or it is damaged or not a tokenizer.

    >>> import tempfile, seqkit
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     seqkit.tokenizers.WordTokenizer(["the", "dog"]).save(f"{folder}/tokenizer")
    ...     seqkit.tokenizers.load_tokenizer(f"{folder}/tokenizer").words
    ('the', 'dog')
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(EXPECTED, "none", where=path)
    with path.open("rb") as file:
        is_json = file.read(1) == b"{"
    if not is_json:
        try:
            return SentencePieceTokenizer.load(path)
        except SeqkitError as error:
            raise DataError(
                EXPECTED,
                f"something else ({error.__cause__ or error})",
                where=path,
                fix="A list of words, one per line, is read by "
                "seqkit.tokenizers.WordTokenizer.from_word_list",
            ) from error
    document = read_document(path)
    if document["kind"] not in KINDS:
        raise DataError(
            f"a tokenizer of {', '.join(KINDS)}",
            f"one of {document['kind']}",
            where=path,
        )
    return KINDS[document["kind"]]._from_document(path, document)
