"""Linear-chain conditional random field."""

from typing import Any

import keras
import numpy as np
from keras import ops

from seqkit.errors import SeqkitError
from seqkit.layers import crf_chain as chain
from seqkit.layers import crf_sums as sums
from seqkit.layers.checks import check_whole
from seqkit.layers.configured import Layer, no_mask


@keras.saving.register_keras_serializable(package="seqkit")
class CRF(Layer):
    """Scores whole tag sequences: each tag at its step, and each pair of neighbours.

    Of Lafferty, McCallum and Pereira (2001), on top of a network as in Collobert et al.
    2011, arXiv:1103.0398, and Lample et al. 2016, arXiv:1603.01360, section 2.2. With
    emissions P `[T, N]`, transitions A and n steps

        s(y)        = start[y_1] + sum_t P[t, y_t] + sum_t A[y_t, y_{t+1}] + end[y_n]
        log p(y)    = s(y) - log sum over all y' of exp(s(y'))            (equation 1)
        y*          = the y of the greatest s(y)                          (equation 2)

    Calling the layer returns p(y_t = j), the probability of each tag at each step,
    summed over all sequences by the forward-backward algorithm; with transitions of 0,
    the initial values, that is the softmax. The methods `log_likelihood`, `decode`,
    `decode_n_best` and `marginals` take the emissions too, the output of a
    `Dense(num_tags)`.

    There are two ways to train a tagger with `model.fit`. Either the layer is the last
    of the model, and the loss is the cross-entropy of its probabilities, with a
    `sample_weight` of 0 at padding: that is the likelihood of each tag by itself
    (Kakade, Teh and Roweis 2002). Or the model returns emissions, and its
    `compute_loss` is that of equation 1, `-ops.mean(crf.log_likelihood(y_pred, y))`.

    The weights exist from construction on, so a model that only uses the methods trains
    and saves them too.

    Constraints hold in decoding, in probabilities and in the likelihood, whose sum is
    then over allowed sequences only. If given tags break them (an error in the data),
    the sum is over all sequences for that row, so its likelihood stays finite.

    Everything is computed in the weights' dtype, float32 in mixed precision. Padding
    may hold anything. A row without any step has the log-likelihood 0 and the tags 0.
    Likelihood and probabilities have first derivatives only.

    Args:
        num_tags: Number of tags, N.
        allowed_transitions: Boolean matrix `[N, N]`, `True` if the column's tag may
            follow the row's; `None` allows all. `seqkit.layers.tagging_constraints`
            makes all three of these from the names of the tags.
        allowed_start, allowed_end: Booleans `[N]`, the tags that a sequence may start
            and end with.
        transitions_initializer: Initializer of the three weights, `transitions`
            `[N, N]`, `start_transitions` `[N]` and `end_transitions` `[N]`.

    Call arguments:
        emissions: Tensor `[B, T, N]`, any numbers (logits).
        mask: Boolean tensor `[B, T]`, right-padded, `True` = keep; all by default.

    Returns:
        Probabilities `[B, T, N]`; 1 / N each at padding, so that a loss with weight 0
        there is a number.

    Raises:
        SeqkitError: Constraints or emissions are not of `num_tags` tags.

    >>> import numpy as np, seqkit
    >>> tags = ["O", "B-PER", "I-PER"]
    >>> layer = seqkit.layers.CRF(3, **seqkit.layers.tagging_constraints(tags, "BIO"))
    >>> emissions = np.array([[[0.0, 2.0, 3.0], [0.0, 1.0, 4.0], [3.0, 0.0, 1.0]]])
    >>> tag_ids, scores = layer.decode(emissions)
    >>> [tags[i] for i in tag_ids[0]], float(scores[0])
    (['B-PER', 'I-PER', 'O'], 9.0)
    """

    compute_mask = no_mask

    def __init__(
        self,
        num_tags: int,
        allowed_transitions: Any = None,
        allowed_start: Any = None,
        allowed_end: Any = None,
        transitions_initializer: Any = "zeros",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.keep(locals())
        check_whole("num_tags", num_tags)
        for name, value, rank in (
            ("allowed_transitions", allowed_transitions, 2),
            ("allowed_start", allowed_start, 1),
            ("allowed_end", allowed_end, 1),
        ):
            setattr(self, name, self._allowed(name, value, (num_tags,) * rank))
        initializer = self.transitions_initializer
        # Half precision is not enough for sums over a sentence.
        for name, rank in {"": 2, "start_": 1, "end_": 1}.items():
            shape = (num_tags,) * rank
            self._add(f"{name}transitions", shape, initializer, autocast=False)
        self.built = True

    def _allowed(self, name, value, shape):
        if value is None:
            return None
        value = np.asarray(value)
        if value.shape != shape or value.dtype != bool:
            raise SeqkitError(
                f"{name}: expected booleans of shape {list(shape)}, as num_tags="
                f"{self.num_tags}, found {value.dtype} of shape {list(value.shape)}."
            )
        return value

    def call(self, emissions: Any, mask: Any = None) -> Any:
        found = self.marginals(emissions, mask)
        if mask is not None:
            found = ops.where(mask[:, :, None], found, 1 / self.num_tags)
        return ops.cast(found, self.compute_dtype)

    def log_likelihood(self, emissions: Any, tag_ids: Any, mask: Any = None) -> Any:
        """Log-probability `[B]`, float32, of tags `[B, T]` (anything at padding)."""
        unary, mask = self._unary(emissions, mask)
        unary = self._centred(unary, mask)
        transitions = ops.convert_to_tensor(self.transitions)
        tag_ids = ops.where(mask, ops.cast(tag_ids, "int32"), 0)
        score = chain.path_score(unary, transitions, tag_ids, mask)
        score = score - self._log_partition(unary, transitions, tag_ids, mask)
        return ops.where(mask[:, 0], score, 0)

    def _log_partition(self, unary, transitions, tag_ids, mask):
        """The sum over what is allowed; over everything if the given tags are not."""
        if not self._is_constrained():
            return sums.log_partition(unary, transitions, mask)
        ends, pairs = self._penalties(mask)
        allowed = sums.log_partition(unary + ends, transitions + pairs, mask)
        fine = chain.is_possible(chain.path_score(ends, pairs, tag_ids, mask))

        def of_either():
            free = sums.log_partition(unary, transitions, mask)
            return ops.where(fine, allowed, free)

        return ops.cond(ops.all(fine), lambda: allowed, of_either)

    def marginals(self, emissions: Any, mask: Any = None) -> Any:
        """Probability of each tag at each step: float32 `[B, T, N]`, 0 at padding."""
        unary, mask = self._unary(emissions, mask)
        unary, transitions = self._constrained(self._centred(unary, mask), mask)
        found = sums.marginals(unary, transitions, mask)
        # 0 already, but a loss may have a gradient there that is not a number.
        return ops.where(mask[:, :, None], found, 0)

    def decode(self, emissions: Any, mask: Any = None) -> Any:
        """The best allowed tags `[B, T]`, int32, and their scores s(y) `[B]`, float32.

        Tags are 0 at padding. Scores have gradients; -inf if nothing is allowed.
        """
        unary, mask = self._unary(emissions, mask)
        tag_ids, best = chain.best_path(*self._frozen(unary, mask), mask)
        # Not `best` itself, so that no gradient has to go through the loop.
        score = chain.path_score(unary, self.transitions, tag_ids, mask)
        return tag_ids, ops.where(chain.is_possible(best), score, -np.inf)

    def decode_n_best(self, emissions: Any, mask: Any = None, n: int = 5) -> Any:
        """The n best allowed tag sequences `[B, n, T]` and their scores `[B, n]`.

        Best first, as in `decode`; if a row has fewer, the rest are tags 0 with -inf.
        """
        unary, mask = self._unary(emissions, mask)
        tag_ids, scores = chain.best_paths(*self._frozen(unary, mask), mask, n)
        return tag_ids, ops.where(chain.is_possible(scores), scores, -np.inf)

    def _unary(self, emissions, mask):
        """Emissions with what start and end add, 0 at padding; and the mask."""
        emissions = ops.convert_to_tensor(emissions)
        if emissions.shape[-1] != self.num_tags:
            raise SeqkitError(
                f"{self.name}: expected emissions [B, T, {self.num_tags}], as num_tags="
                f"{self.num_tags}, found shape {tuple(emissions.shape)}. Put a "
                f"Dense({self.num_tags}) before it."
            )
        emissions = ops.cast(emissions, self.variable_dtype)
        if mask is None:
            mask = ops.ones_like(emissions[:, :, 0], dtype="bool")
        mask = ops.cast(mask, "bool")
        emissions = ops.where(mask[:, :, None], emissions, 0)
        ends = self._at_ends(self.start_transitions, self.end_transitions, mask)
        return emissions + ends, mask

    @staticmethod
    def _at_ends(start, end, mask):
        """`[B, T, N]`: `start` at the first step of each row, `end` at its last."""
        first = ops.equal(ops.arange(ops.shape(mask)[1]), 0)[None, :, None]
        last = chain.last_steps(mask)[:, :, None]
        start, end = ops.convert_to_tensor(start), ops.convert_to_tensor(end)
        return ops.where(first, start, 0) + ops.where(last, end, 0)

    @staticmethod
    def _centred(unary, mask):
        """Less a number for each step, so that sums over long rows stay small."""
        total = ops.logsumexp(unary, axis=-1, keepdims=True)
        return ops.where(mask[:, :, None], unary - total, 0)

    def _is_constrained(self):
        constraints = self.allowed_transitions, self.allowed_start, self.allowed_end
        return any(allowed is not None for allowed in constraints)

    def _penalties(self, mask):
        """What constraints add: `[B, T, N]` at both ends, `[N, N]` to transitions."""

        def penalty(allowed, shape):
            allowed = np.ones(shape, bool) if allowed is None else allowed
            return np.where(allowed, 0, chain.FORBIDDEN).astype(self.variable_dtype)

        size = self.num_tags
        start, end = (penalty(a, size) for a in (self.allowed_start, self.allowed_end))
        pairs = penalty(self.allowed_transitions, (size, size))
        return self._at_ends(start, end, mask), ops.convert_to_tensor(pairs)

    def _frozen(self, unary, mask):
        """The same as `_constrained`, without gradients."""
        unary, transitions = self._constrained(unary, mask)
        return ops.stop_gradient(unary), ops.stop_gradient(transitions)

    def _constrained(self, unary, mask):
        transitions = ops.convert_to_tensor(self.transitions)
        if not self._is_constrained():
            return unary, transitions
        ends, pairs = self._penalties(mask)
        return unary + ends, transitions + pairs
