"""A model that keeps learning from the text it is evaluated on."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError


class DynamicEvaluation:
    """A step of gradient descent after each segment that was scored.

    With L the mean negative log-likelihood per token of the segment, by the model
    alone, and θ_g the trained weights (Krause et al. 2018, arXiv:1709.07432, section
    4):

        θ ← θ - η ∇L + λ (θ_g - θ)                                  plain SGD
        θ ← θ - η ∇L / (√MS + ε) + λ (θ_g - θ) ⊙ RMS / mean(RMS)    `mean_squares`

    with RMS = √MS of the gradients on the training text, and the last quotient clipped
    at 1 / λ. The mean is that over the tensors' own means, as in the authors' code, to
    which the published rates belong.

    All rows of a batch share the weights, so score a text in one row: in several, the
    first would profit from text that comes after it.

    Args:
        learning_rate: The η, for segments of the length that is scored; published for 5
            tokens of Penn Treebank: 5e-5 with `mean_squares`.
        decay: The λ, from 0 to 1; published: 2e-3.
        epsilon: The ε.
        mean_squares: What `Scorer.gradient_mean_squares` returned, or `None`.

    Raises:
        SeqkitError: A number is out of range.
    """

    def __init__(
        self,
        learning_rate: float,
        decay: float = 0.0,
        epsilon: float = 2e-5,
        mean_squares: list[np.ndarray] | None = None,
    ):
        for name, number, right, expected in (
            ("learning_rate", learning_rate, learning_rate > 0, "above 0"),
            ("decay", decay, 0 <= decay <= 1, "between 0 and 1"),
            ("epsilon", epsilon, epsilon > 0, "above 0"),
        ):
            if not right:
                raise SeqkitError(
                    f"dynamic evaluation, {name}: expected {expected}, found {number}"
                )
        self.learning_rate, self.decay, self.epsilon = learning_rate, decay, epsilon
        self.mean_squares = mean_squares

    def constants(self, model: keras.Model) -> list[Any]:
        """The tensors that an update needs besides weights and gradients."""
        trained = trained_weights(model)
        if self.mean_squares is None:
            return trained
        expected = [tuple(weight.shape) for weight in trained]
        if [np.shape(square) for square in self.mean_squares] != expected:
            raise SeqkitError(
                "dynamic evaluation, mean_squares: expected those of this model's "
                "weights, found others. Take them with gradient_mean_squares of it"
            )
        roots = [np.sqrt(np.asarray(square)) for square in self.mean_squares]
        mean = np.mean([root.mean() for root in roots])
        rates = [self.learning_rate / (root + self.epsilon) for root in roots]
        pulls = [
            np.minimum(self.decay * root / mean if mean else 0 * root, 1)
            for root in roots
        ]
        return trained + [ops.convert_to_tensor(x, "float32") for x in rates + pulls]

    def update(
        self, weights: list[Any], gradients: list[Any], constants: list[Any]
    ) -> list[Any]:
        """The new weights, a list of tensors; traceable."""
        count = len(weights)
        trained, scales = constants[:count], constants[count:]
        rates = scales[:count] or [self.learning_rate] * count
        pulls = scales[count:] or [self.decay] * count
        rows = zip(weights, gradients, trained, rates, pulls, strict=True)
        if not self.decay:
            return [weight - rate * gradient for weight, gradient, _, rate, _ in rows]
        return [
            weight - rate * gradient + pull * (origin - weight)
            for weight, gradient, origin, rate, pull in rows
        ]


def trained_weights(model: keras.Model) -> list[Any]:
    """The trainable weights as tensors, not variables; traceable."""
    return [ops.cast(v, v.dtype) for v in model.trainable_variables]


def with_gradients(function, model, weights) -> tuple[Any, list[Any]]:
    """Differentiates a function of a model at other weights than its own.

    The model's own variables do not change, whatever happens.

    The function returns a scalar and any other result; what comes back is that other
    result and the gradients of the scalar, a list like the weights.
    """
    own = {id(v) for v in model.trainable_variables}
    others = [(v, v.value) for v in model.variables if id(v) not in own]

    def replaced(weights):
        mapping = list(zip(model.trainable_variables, weights, strict=True))
        with keras.StatelessScope(state_mapping=mapping + others):
            return function()

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            loss, result = replaced(weights)
        gradients = tape.gradient(
            loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        # Those of embeddings come as rows.
        return result, [tf.convert_to_tensor(gradient) for gradient in gradients]
    if backend == "jax":
        import jax

        gradients, result = jax.grad(replaced, has_aux=True)(weights)
        return result, gradients
    raise SeqkitError(
        "dynamic evaluation: expected the backend tensorflow or jax, found "
        f"{backend}. Load the task with KERAS_BACKEND=tensorflow in the environment"
    )
