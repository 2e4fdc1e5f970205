"""The loss of models that write a text without knowing when each token is said."""

from typing import Any

import keras
from keras import ops

from seqkit.special_ids import PAD_ID
from seqkit.training.losses import WeightedMean


@keras.saving.register_keras_serializable(package="seqkit")
class CTCLoss(WeightedMean):
    """The negative logarithm of a text's probability by CTC, per token.

    It is that of `keras.ops.ctc_loss` (Graves et al. 2006) with the blank 0, summed
    over all ways to write the text in T steps, divided by the tokens of the text. With
    their number as `sample_weight` the mean of a batch is that of all its tokens, and
    rows that fill up count nothing.

    Call arguments:
        y_true, y_pred: Token ids `[B, U]`, right-padded with 0, and logits `[B, T, V]`.
        sample_weight: Tokens of each row `[B]`; 0 leaves a row out.

    >>> import numpy as np
    >>> from seqkit.training import CTCLoss
    >>> logits = np.log([[[0.5, 0.5], [0.5, 0.5]]]).astype("float32")
    >>> round(float(CTCLoss()(np.array([[1]]), logits)), 3)  # 3 of 4 paths: -log 0.75
    0.288
    """

    def __init__(
        self,
        reduction: Any = "mean_with_sample_weight",
        name: str = "ctc_loss",
        **kwargs: Any,
    ):
        super().__init__(reduction=reduction, name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        token_ids, logits = ops.cast(y_true, "int32"), ops.cast(y_pred, "float32")
        lengths = ops.sum(ops.cast(token_ids != PAD_ID, "int32"), axis=1)
        rows, steps = ops.shape(logits)[:2]
        losses = ops.ctc_loss(
            token_ids,
            logits,
            lengths,
            ops.zeros((rows,), "int32") + steps,
            mask_index=PAD_ID,
        )
        return losses / ops.cast(ops.maximum(lengths, 1), losses.dtype)
