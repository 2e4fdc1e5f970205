"""Coloured text for notebooks and terminals."""

from collections.abc import Iterable


def css(color: Iterable[int]) -> str:
    """A colour, ints from 0 to 255, as in a style sheet."""
    return "#" + "".join(f"{int(part):02x}" for part in color)


def ansi(text: str, color: Iterable[int]) -> str:
    """Black text with a background of 24 bits, which stops at each end of a line."""
    start = f"\x1b[48;2;{';'.join(map(str, color))}m\x1b[38;2;0;0;0m"
    return start + text.replace("\n", f"\x1b[0m\n{start}") + "\x1b[0m"
