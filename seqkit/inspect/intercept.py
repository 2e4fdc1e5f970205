"""For a while, another function in place of a layer's own."""

import contextlib


@contextlib.contextmanager
def intercepted(layer, name, replacement):
    """Within this context calls of `layer.<name>` go to `replacement`.

    Args:
        layer: A Keras layer or model.
        name: Name of a method, such as `"call"`, which `layer(...)` ends up in.
        replacement: Called with the method as it was and then its arguments.

    Yields:
        Nothing.

    Example:

    >>> import keras
    >>> from seqkit.inspect.intercept import intercepted
    >>> layer = keras.layers.Identity()
    >>> with intercepted(layer, "call", lambda call, x: call(x) + 1):
    ...     float(layer(keras.ops.zeros(2))[0])
    1.0
    >>> float(layer(keras.ops.zeros(2))[0])
    0.0
    """
    # Around `setattr`, which tracks what it is given.
    held, method = vars(layer), getattr(layer, name)
    before = held.get(name)

    def call(*args, **kwargs):
        return replacement(method, *args, **kwargs)

    held[name] = call
    try:
        yield
    finally:
        if before is None:
            del held[name]
        else:
            held[name] = before
