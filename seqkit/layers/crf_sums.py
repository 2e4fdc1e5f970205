"""Sums over all the tag sequences of a linear chain, with gradients written by hand.

The chain is that of `crf_chain`, with `transitions` A `[N, N]` and `unary` u. Of each
tag j at each step t

    m_{t+1}[j] = log sum_i exp(s_t[i] + A[i, j]),  s_t = m_t + u_t - max(m_t + u_t)
    K_t[i, j]  = exp(s_t[i] + A[i, j] - m_{t+1}[j])
    q_t[i]     = sum_j K_t[i, j] q_{t+1}[j]

with m_0 = 0, and q at a row's last step the softmax of s. The message m is what all the
paths before add. K is the probability of the tag before given the tag, which makes q
the marginal. The counts sum_t K_t[i, j] q_{t+1}[j] and the marginals are the gradient
of the sum (Sutton and McCallum 2012, arXiv:1011.4088, section 4.1).

The sum over i is a product with the matrix exp(A) (`_Products`). Where what reaches a
tag is too improbable for that in float32, the batch is computed again from the
exponents (`_Exponents`).
"""

from typing import Any

from keras import ops

from seqkit.layers.crf_chain import last_steps

# The least message of which products lose nothing: a term that float32 has no number
# for is below exp(-87).
LEAST_MESSAGE = -60.0


def log_partition(unary: Any, transitions: Any, mask: Any) -> Any:
    """`[B]`: log of the sum of exp(score) over all paths; first derivatives only."""
    return _log_partition(unary, *_tensors(transitions, mask))


def marginals(unary: Any, transitions: Any, mask: Any) -> Any:
    """`[B, T, N]`: the probability of each tag at each step, 0 at padding."""
    return _marginals(unary, *_tensors(transitions, mask))


@ops.custom_gradient
def _log_partition(unary, transitions, last):
    chain = _Chain(unary, transitions, last)

    def gradient(*arguments, upstream=None):
        scale = _upstream(arguments, upstream)[:, None, None]
        found = scale * chain.smooth(chain.final)
        d_transitions = chain.count(ops.ones_like(found), found)
        return found, d_transitions, ops.zeros_like(last)

    return chain.log_partition(), gradient


@ops.custom_gradient
def _marginals(unary, transitions, last):
    """Their gradient along v is how they change as u moves along v."""
    chain = _Chain(unary, transitions, last)
    found = chain.smooth(chain.final)

    def gradient(*arguments, upstream=None):
        # Of s, of m, of the softmax at the end, of K, and so of q.
        d_scores, d_messages = chain.advance(_upstream(arguments, upstream))
        mean = ops.sum(chain.final * d_scores, axis=-1, keepdims=True)
        fixed = found * d_messages
        moved = chain.smooth(found * d_scores - chain.final * mean - fixed)
        ones = ops.ones_like(found)
        d_transitions = chain.count(d_scores, found) + chain.count(ones, moved)
        return moved + fixed, d_transitions, ops.zeros_like(last)

    return found, gradient


def _upstream(arguments, upstream):
    return arguments[0] if upstream is None else upstream


def _tensors(transitions, mask):
    """A, which must not be a variable in a custom gradient; `last`."""
    last = ops.cast(last_steps(mask), transitions.dtype)[:, :, None]
    return ops.copy(transitions), last


class _Chain:
    """The messages of a batch, and what follows from them."""

    def __init__(self, unary, transitions, last):
        # Less the greatest way into each tag, which goes to the tag itself: so each
        # column of exp(A) holds a 1.
        greatest = ops.max(transitions, axis=0)
        transitions = transitions - greatest
        first = ops.equal(ops.arange(ops.shape(unary)[1]), 0)[:, None]
        unary = unary + ops.where(first, 0, greatest)
        self.last = last  # [B, T, 1]: 1 at the last step of each row
        # 1 up to that step.
        self.keep = ops.flip(ops.cumsum(ops.flip(last, axis=1), axis=1), axis=1)
        self.products = _Products(transitions)
        self.exponents = _Exponents(transitions)
        messages = self._run(self.products.message, unary)
        self.messages = ops.cond(
            self._are_safe(messages),
            lambda: messages,
            lambda: self._run(self.exponents.message, unary),
        )
        # That the exponents were needed shows in the messages they gave, too.
        self.safe = self._are_safe(self.messages)
        scores = self.messages + unary
        self.greatest = ops.max(scores, axis=-1, keepdims=True)
        self.scores = scores - self.greatest
        self.final = last * ops.softmax(self.scores, axis=-1)

    def _are_safe(self, messages):
        least = ops.min(ops.where(self.keep > 0, messages, 0))
        return ops.greater(least, LEAST_MESSAGE)

    @staticmethod
    def _run(message, unary):
        def step(before, unary):
            scores = before + unary
            scores = scores - ops.max(scores, axis=-1, keepdims=True)
            return message(scores), before

        return _loop(step, ops.zeros_like(unary[:, 0]), [unary])

    def log_partition(self):
        total = self.keep * self.greatest
        total = total + self.last * ops.logsumexp(self.scores, axis=-1, keepdims=True)
        return ops.sum(total, axis=(1, 2))

    def smooth(self, added):
        """z_t[i] = sum_j K_t[i, j] z_{t+1}[j] + added_t[i], from the last step back."""

        def smooth(kind):
            def step(z, inputs):
                scores, message, added = ops.split(inputs, 3, axis=-1)
                z = kind.pull(scores, message, z) + added
                return z, z

            inputs = [*self._factors(kind), added]
            return _loop(step, ops.zeros_like(added[:, 0]), inputs, reverse=True)

        return self._of_kind(smooth)

    def advance(self, v):
        """How s and m change as u moves along v, less the mean of each step."""
        weights = ops.softmax(self.scores, axis=-1)

        def centred(change, weights):
            return change - ops.sum(weights * change, axis=-1, keepdims=True)

        def advance(kind):
            def step(changed, inputs):
                scores, message, v, weights = ops.split(inputs, 4, axis=-1)
                after = kind.push(scores, message, centred(changed + v, weights))
                return after, changed

            inputs = [*self._factors(kind), v, weights]
            return _loop(step, ops.zeros_like(v[:, 0]), inputs)

        changed = self._of_kind(advance)
        return centred(changed + v, weights), changed

    def count(self, x, y):
        """`[N, N]`: the sum over all steps of x_t[i] K_t[i, j] y_{t+1}[j]."""

        def count(kind):
            scores, message = self._factors(kind)
            return kind.count(scores[:, :-1], message[:, :-1], x[:, :-1], y[:, 1:])

        return self._of_kind(count)

    def _factors(self, kind):
        """Of s_t and of m_{t+1}, `[B, T, N]` each."""
        after = ops.pad(self.messages[:, 1:], ((0, 0), (0, 1), (0, 0)))
        return kind.factor(self.scores), kind.factor(-after)

    def _of_kind(self, compute):
        return ops.cond(
            self.safe, lambda: compute(self.products), lambda: compute(self.exponents)
        )


class _Products:
    """Sums over tags as products: K_t[i, j] = x_t[i] E[i, j] y_{t+1}[j], E = exp(A)."""

    factor = staticmethod(ops.exp)

    def __init__(self, transitions):
        self.matrix = ops.exp(transitions)
        self.transposed = ops.transpose(self.matrix)

    def message(self, scores):
        sums = ops.matmul(ops.exp(scores), self.matrix)
        return ops.log(ops.maximum(sums, 1e-37))  # finite, and not safe

    def pull(self, x, y, z):
        return x * ops.matmul(y * z, self.transposed)

    def push(self, x, y, z):
        return y * ops.matmul(x * z, self.matrix)

    def count(self, x, y, left, right):
        """All steps of all rows in one product, [N, BT] by [BT, N]."""
        num_tags = self.matrix.shape[0]
        left = ops.reshape(x * left, (-1, num_tags))
        right = ops.reshape(y * right, (-1, num_tags))
        return self.matrix * ops.matmul(ops.transpose(left), right)


class _Exponents:
    """The same for any numbers: K_t[i, j] = exp(x_t[i] + A[i, j] + y_{t+1}[j])."""

    factor = staticmethod(lambda x: x)

    def __init__(self, transitions):
        self.transitions = transitions
        self.transposed = ops.transpose(transitions)

    def message(self, scores):
        return ops.logsumexp(scores[:, None, :] + self.transposed, axis=-1)

    def _matrix(self, x, y):
        return ops.exp(x[:, :, None] + self.transitions + y[:, None, :])

    def pull(self, x, y, z):
        return ops.sum(self._matrix(x, y) * z[:, None, :], axis=2)

    def push(self, x, y, z):
        return ops.sum(self._matrix(x, y) * z[:, :, None], axis=1)

    def count(self, x, y, left, right):
        def add(t, total):
            x_t, y_t, left_t, right_t = (
                ops.take(a, t, axis=1) for a in (x, y, left, right)
            )
            pairs = left_t[:, :, None] * right_t[:, None, :]
            return total + ops.sum(self._matrix(x_t, y_t) * pairs, axis=0)

        start = ops.zeros_like(self.transitions)
        return ops.fori_loop(0, ops.shape(x)[1], add, start)


def _loop(step, state, inputs, reverse=False):
    """Outputs `[B, T, N]` of `step(state, inputs) -> (state, output)` over axis 1."""
    # One tensor, as `ops.scan` takes no more of unknown length on TensorFlow.
    inputs = ops.concatenate(inputs, axis=-1) if len(inputs) > 1 else inputs[0]
    inputs = ops.transpose(inputs, (1, 0, 2))
    _, outputs = ops.scan(step, state, inputs, reverse=reverse)
    return ops.transpose(outputs, (1, 0, 2))
