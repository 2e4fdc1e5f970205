"""A stack of equal blocks, which XLA compiles once."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops
from keras.src.backend.common.variables import AutocastScope

Block = keras.layers.Layer | tuple[keras.layers.Layer, ...]


def run_blocks(
    blocks: Sequence[Block],
    call: Callable[[Any, Any, Any], tuple[Any, Any]],
    x: Any,
    states: Any = None,
    shared: Sequence[keras.layers.Layer] = (),
) -> tuple[Any, list[Any]]:
    """Runs blocks one after the other.

    While JAX traces a function for an accelerator, equal blocks become a loop over
    their stacked weights, so that XLA compiles one block and not N. The results are
    those of the blocks one by one, random numbers included.

    Args:
        blocks: N built layers, or N tuples of them that belong together.
        call: `call(block, x, state)` returns the block's output, of the shape and dtype
            of `x`, and what else comes of it: tensors, nested alike in all blocks, or
            `()`.
        x: Input of the first block.
        states: What else each of the N gets, nested alike; `()` by default.
        shared: Layers with a state, such as dropout, that `call` runs in every block.

    Returns:
        The output of the last block, and what else came of each of the N.
    """
    states = [()] * len(blocks) if states is None else list(states)
    if len(blocks) > 1 and loop_pays(x) and _alike(blocks):
        return _scan(blocks, call, x, states, shared)
    found = []
    for block, state in zip(blocks, states, strict=True):
        x, more = call(block, x, state)
        found.append(more)
    return x, found


def loop_pays(x: Any) -> bool:
    """Whether a loop compiles in less time: where JAX traces for an accelerator."""
    if keras.backend.backend() != "jax":
        return False
    from seqkit.layers.compiled_jax import is_traced, on_accelerator

    return on_accelerator() and is_traced(x)


def _layers(block: Block) -> tuple[keras.layers.Layer, ...]:
    return block if isinstance(block, tuple) else (block,)


def _variables(block: Block) -> list[Any]:
    return [variable for layer in _layers(block) for variable in layer.variables]


def _alike(blocks: Sequence[Block]) -> bool:
    """Whether blocks differ in the values of their variables alone."""

    def kind(block):
        layers = [
            (type(layer), layer.get_config() | {"name": None})
            for layer in _layers(block)
        ]
        return layers, [(tuple(v.shape), v.dtype) for v in _variables(block)]

    first = kind(blocks[0])
    return all(kind(block) == first for block in blocks[1:])


def _scan(blocks, call, x, states, shared):
    first = _variables(blocks[0])
    every = [_variables(block) for block in blocks]

    def stack(*parts):  # also of variables
        return ops.stack([ops.convert_to_tensor(part) for part in parts])

    with AutocastScope(None):  # each layer in a block casts its weights by itself
        stacked = [stack(*alike) for alike in zip(*every, strict=True)]
    # By Keras's trees, which know its containers too.
    leaves = [keras.tree.flatten(state) for state in states]
    leaves = [stack(*alike) for alike in zip(*leaves, strict=True)]
    # Of weights only the gradient comes back; the others may change within a block.
    changing = [not variable.trainable for variable in first]
    common = [v for layer in shared for v in layer.variables]

    def one(carried, given):
        (x, kept), (values, leaves) = carried, given
        state = keras.tree.pack_sequence_as(states[0], leaves)
        mapping = [*zip(first, values, strict=True), *zip(common, kept, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            x, more = call(blocks[0], x, state)
        now = [scope.get_current_value(variable) for variable in first]
        now = [value for value, yes in zip(now, changing, strict=True) if yes]
        kept = [scope.get_current_value(variable) for variable in common]
        return (x, kept), (more, now)

    carried = x, [variable.value for variable in common]
    (x, kept), (more, now) = ops.scan(one, carried, (stacked, leaves))
    for variable, value in zip(common, kept, strict=True):
        variable.assign(value)
    for index, variables in enumerate(every):
        own = [v for v, yes in zip(variables, changing, strict=True) if yes]
        for variable, values in zip(own, now, strict=True):
            variable.assign(values[index])

    def of(index):
        return keras.tree.map_structure(lambda parts: parts[index], more)

    return x, [of(index) for index in range(len(blocks))]
