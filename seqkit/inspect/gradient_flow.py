"""How far back in time the gradient of a language model's loss reaches."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from seqkit.errors import SeqkitError
from seqkit.inspect.readers import read


@dataclass(frozen=True)
class GradientFlow:
    """Norms of a loss's gradient by distance in time, k = 0, ..., K.

    Attributes:
        name: Name of the model.
        samples: Float array `[N, K + 1]`: the norms of N losses by k.
        wrt: What the gradient is with respect to, `"state"` or `"input"`.
    """

    name: str
    samples: np.ndarray
    wrt: str = "state"

    @property
    def distances(self) -> np.ndarray:
        """The distances k, `[K + 1]`, in tokens."""
        return np.arange(self.samples.shape[1])

    @property
    def norms(self) -> np.ndarray:
        """The mean norm at each distance, `[K + 1]`."""
        return self.samples.mean(axis=0)

    @property
    def relative(self) -> np.ndarray:
        """`norms` divided by the one at distance 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.norms / self.norms[0]


def gradient_flow(
    models: Any,
    texts: Any,
    *,
    wrt: str = "state",
    layer: int | None = None,
    max_distance: int = 50,
    positions: int = 8,
) -> GradientFlow | dict[str, GradientFlow]:
    """How much the loss at a token depends on the state or input k tokens before.

    It makes the vanishing and the exploding gradient visible (Bengio, Simard and
    Frasconi 1994; Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063, equation 5). With
    loss_t the cross-entropy (nats) of the token after position t, it measures

        ||d loss_t / d s_{t-k}||      `wrt="state"`
        ||d loss_t / d x_{t-k}||      `wrt="input"`

    for k = 0, ..., K, as the mean over several t. Both mean the same for every
    architecture, so that recurrent networks, Transformers and Mamba can be compared:

    - s_{t-k} is the whole state after token t-k, which every gradient to t-k and beyond
      passes: h (and c) of all recurrent layers, so that the norm is that of the product
      of the k Jacobians of a step; h and the inputs of Mamba's convolutions; the keys
      and values of a Transformer's window. At k = 0, s_t is the hidden vector of the
      logits. States differ between models: compare how fast the norms fall, not how
      large they are.
    - x_{t-k} is the embedding of token t-k, and the gradient takes every path from
      there to loss_t: the effect at t of the token k back itself. Cheaper.

    The text before the first of the K + 1 tokens is read too, without gradient.
    Dropout is off.

    Args:
        models: A language-modelling `Task`, a `LanguageModel`, or a dictionary from
            names to them, for a dictionary of results.
        texts: A text or a list of texts, of at least K + 2 tokens each; or token ids,
            which a model without a task needs.
        wrt: `"state"` or `"input"`.
        layer: With `"state"`, the only layer whose states count, from 0, or -1 for the
            topmost; by default all layers.
        max_distance: The largest distance K, in tokens.
        positions: Number of t in each text, evenly spread; fewer in short texts.

    Raises:
        SeqkitError: A text is too short, there is no such layer, or the backend is
            neither TensorFlow nor JAX.

    >>> import numpy as np, seqkit
    >>> model = seqkit.models.RecurrentLanguageModel(20, "rnn", hidden_dim=8)
    >>> text = np.random.default_rng(0).integers(4, 20, 100)
    >>> flow = seqkit.inspect.gradient_flow(model, text, max_distance=10)
    >>> flow.norms.shape, flow.relative[0]
    ((11,), np.float64(1.0))
    """
    from seqkit.inspect.gradient_norms import input_norms, state_norms
    from seqkit.inspect.text_windows import batches, windows

    alone = None if isinstance(models, dict) else _name(models)
    if alone is not None:
        models = {alone: models}
    _check(models, texts, wrt, layer, max_distance, positions)
    flows = {}
    for name, task_or_model in models.items():
        rows = [read(task_or_model, text) for text in _listed(texts)]
        for row, (_, token_ids, _) in enumerate(rows):
            if len(token_ids) < max_distance + 2:
                raise SeqkitError(
                    f"texts, row {row}: expected at least max_distance + 2 = "
                    f"{max_distance + 2} tokens, found {len(token_ids)}. Give a longer "
                    "text or a smaller max_distance"
                )
        model = rows[0][0]
        norms = state_norms(model, layer) if wrt == "state" else input_norms(model)
        found = [token_ids for _, token_ids, _ in rows]
        spread = windows(model, found, max_distance + 2, positions)
        samples = np.concatenate([norms(*batch) for batch in batches(spread)])
        flows[name] = GradientFlow(name, samples, wrt)
    return flows if alone is None else flows[alone]


def _name(task_or_model):
    """The name of a model that was given without one."""
    config = getattr(task_or_model, "config", None) or {}
    model = getattr(task_or_model, "model", task_or_model)
    return (
        config.get("architecture")
        or getattr(model, "cell", None)
        or getattr(model, "name", "model")
    )


def _listed(texts):
    """A list of texts, also from one: a string, an array, or a list of numbers."""
    one = isinstance(texts, str) or getattr(texts, "ndim", 0) == 1
    if not one and len(texts):
        one = np.ndim(texts[0]) == 0 and not isinstance(texts[0], str)
    return [texts] if one else texts


def _check(models, texts, wrt, layer, max_distance, positions):
    if not models:
        raise SeqkitError("models: expected at least one, found an empty dictionary")
    if not len(texts):
        raise SeqkitError("texts: expected at least one, found none")
    if wrt not in ("state", "input"):
        raise SeqkitError(f"wrt: expected 'state' or 'input', found {wrt!r}")
    if wrt == "input" and layer is not None:
        raise SeqkitError(
            f"layer: expected None with wrt='input', found {layer}. The input is that "
            "of the whole model"
        )
    for name, value in (("max_distance", max_distance), ("positions", positions)):
        if value < 1:
            raise SeqkitError(f"{name}: expected at least 1, found {value}")
