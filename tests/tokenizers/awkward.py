"""Texts that tokenizers have stumbled over."""

import random
import sys
import unicodedata

AWKWARD = [
    "",
    " ",
    "  two  spaces  ",
    "<s>",
    "</s>",
    "<pad>",
    "<unk>",
    "<s> the dog </s><pad>",
    "<0x41>",
    "tab\tand\nnew\r\nline",
    "\0",
    "a\0b",
    "👩‍👩‍👧 🏳️‍🌈",
    "שלום עולם",
    "مرحبا \u200fabc\u200e",
    "e\u0301 is not é, and ﬁ is not fi",
    "\ufeffmark",
    "\U0010ffff\uffff",
    "日本語のテキスト",
    " ⁇ ",
]
KNOWN = "the dog runs over\tthe\nHügel and </s> stands here <s></s><pad><unk>"


def random_texts(count, seed=0, known=KNOWN):
    """Texts of code points from everywhere, and of bits of a known text."""
    rng = random.Random(seed)
    texts = []
    for _ in range(count):
        text = ""
        for _ in range(rng.randrange(1, 30)):
            highest = rng.choice([0x7F, 0x7FF, 0xFFFF, sys.maxunicode])
            one = chr(rng.randint(0, highest))
            if unicodedata.category(one) != "Cs" and one != "\u2581":
                text += one
            if rng.random() < 0.5:
                start = rng.randrange(len(known))
                text += known[start : start + rng.randrange(8)]
        texts.append(text)
    return texts
