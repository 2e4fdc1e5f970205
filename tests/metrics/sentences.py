"""Sentences, and what two translators of different skill make of them."""

import numpy as np

WORDS = "der die das alte junge Hund Katze Frau Mann sieht hört ruft und heute".split()


def systems(size=80, seed=0):
    """References, and two systems of which the second leaves out more words."""
    rng = np.random.default_rng(seed)
    references = [
        " ".join(rng.choice(WORDS, rng.integers(4, 12))) + "." for _ in range(size)
    ]

    def worse(rate):
        return [
            " ".join(w for w in text.split() if rng.random() > rate) or "und"
            for text in references
        ]

    return references, worse(0.15), worse(0.25)
