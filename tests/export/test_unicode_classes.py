"""Classes written out are the classes, whatever Unicode TensorFlow knows."""

import regex
import tensorflow as tf

from seqkit.export.unicode_classes import explicit


def test_tensorflow_finds_what_python_finds():
    points = [*range(1, 0xD800), *range(0xE000, 0x110000)]
    everything = "".join(map(chr, points))
    for pattern in (r"[\p{L}\p{M}_]+", r"[^\p{Lu}]+"):
        left = tf.strings.regex_replace(everything, explicit(pattern), "")
        assert left.numpy().decode() == regex.sub(pattern, "", everything)
    assert explicit("[a-z]+(?s:.)") == "[a-z]+(?s:.)"
