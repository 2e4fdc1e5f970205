"""Another function in place of a layer's own, for a while."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def intercepted(
    layer: Any, name: str, replacement: Callable[..., Any]
) -> Iterator[None]:
    """Within this context `layer.<name>` is `replacement(method, *arguments)`."""
    # Not with `setattr`, which tracks its values.
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
