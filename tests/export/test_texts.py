"""Texts are cut in the graph as in `predict`, and blank ones have blank results."""

import tensorflow as tf

from seqkit.export import TextReader, TextWriter
from seqkit.task.text_to_text import is_blank
from seqkit.tokenizers import WordTokenizer

BLANK = ["", "  ", "\t\n", "\u3000\xa0", "\0\u200b", "\u2028"]
TOKENIZER = WordTokenizer(["the", "dog", "runs"])


def test_a_long_text_is_cut_and_keeps_its_end():
    texts = tf.constant(["the dog runs the dog", "the dog runs", "the", ""])
    ids = TextReader(TOKENIZER, max_length=4)(texts)["encoder_token_ids"]
    assert [ids.numpy().tolist()[row] for row in (0, 1)] == [[4, 5, 6, 3]] * 2
    assert ids.numpy().tolist()[2:] == [[4, 3, 0, 0], [3, 0, 0, 0]]


def test_a_blank_text_has_a_blank_result():
    read = TextReader(TOKENIZER, blank_is_empty=True)
    write = TextWriter(TOKENIZER, read=read)
    inputs = read(tf.constant(["dog", *BLANK]))
    ids = tf.constant([[[4, 5], [6, 0]]] * (1 + len(BLANK)))
    first, *others = write(ids, inputs).numpy().tolist()
    assert all(first) and others == [[b"", b""]] * len(BLANK)
    assert all(map(is_blank, BLANK)) and not is_blank("dog")
