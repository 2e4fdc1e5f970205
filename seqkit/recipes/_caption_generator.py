"""Features of images in, token ids of captions out: a captioner with its decoding."""

import numpy as np
from keras import ops

from seqkit.recipes._translator import Translator

_UNKNOWN_ID = 1  # of <unk>, in every tokenizer


class CaptionGenerator(Translator):
    """Runs a captioner with a decoding strategy as one compiled function.

    Args:
        model: A `seqkit.models.Captioner`.
        strategy: A `seqkit.decoding.Strategy`.
        max_length: Most tokens of a caption.
    """

    @property
    def signature(self):
        shape = None, self.model.num_regions, self.model.feature_dim
        return [(shape, "float32"), ((None,), "uint32")]

    def limits(self, source, mask):
        return None, self.max_length

    def allowed(self, logits):
        """All but `<unk>`, which says nothing to who reads the caption."""
        unknown = ops.arange(ops.shape(logits)[-1]) == _UNKNOWN_ID
        return ops.where(unknown, ops.cast(-float("inf"), logits.dtype), logits)

    def generate(self, features, batch_size=64, seed=None):
        """Captions of images.

        Args:
            features: What `features[rows]` gives is `[B, S, F]`; N rows in all.
            batch_size: Images a batch.
            seed: As of `Translator.translate`.

        Returns:
            For each image its n-best list of pairs (token ids, score), best first.
        """

        def batch(rows):
            return np.asarray(features[rows], np.float32)

        return self.run(np.arange(len(features)), batch, batch_size, seed)
