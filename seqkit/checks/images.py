"""Images that cannot be read."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from seqkit.checks.examples import Examples
from seqkit.checks.findings import Finding
from seqkit.checks.lengths import quantiles
from seqkit.errors import DataError


def images(examples: Examples) -> Iterator[Finding]:
    """Reads every image: those that are damaged, and the sizes of the others."""
    stops = examples.options.get("on_error", "raise") == "raise"
    for column in examples.columns("image"):
        for split in examples.splits:
            _, sizes, errors = _read(examples, split, column)
            total = len(sizes)
            yield Finding(
                f"{split}: {len(errors):,} of {total:,} images cannot be read",
                "fail" if errors and stops else "warn" if errors else "pass",
                len(errors),
                examples.places(split, errors, errors.__getitem__),
            )
            good = sizes[sizes[:, 0] > 0]
            if len(good):
                sides = {
                    n: quantiles(good[:, i]) for i, n in enumerate(("height", "width"))
                }
                text = " × ".join(
                    f"{one['median']} (from {one['min']} to {one['max']})"
                    for one in sides.values()
                )
                figures = {"split": split, **sides}
                yield Finding(
                    f"{split}: height × width in the middle {text}", figures=figures
                )


def image_hashes(examples: Examples, split: str, column: str) -> np.ndarray:
    """A hash of 8 bytes of each image's file `[N]`."""
    return _read(examples, split, column)[0]


def _read(examples: Examples, split: str, column: str):
    """Hashes `[N]`, heights and widths `[N, 2]`, and row to what is wrong."""
    from seqkit.data import read_image

    def look(path: str) -> tuple[int, tuple[int, int], str]:
        digest, size, error = b"", (0, 0), ""
        try:
            content = Path(path).read_bytes()
            digest = hashlib.blake2b(content, digest_size=8).digest()
            size = read_image(content, where=path).shape[:2]
        except OSError as found:
            error = f"{path}: {found.strerror}"
        except DataError as found:
            error = f"{path}: {found.found}"
        return int.from_bytes(digest, "little"), size, error

    def read():
        hashes, sizes, errors = [], [], {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _, (paths,) in examples.batches(split, column):
                for digest, size, error in pool.map(look, paths.to_pylist()):
                    if error:
                        errors[len(hashes)] = error
                    hashes.append(digest)
                    sizes.append(size)
        return np.array(hashes, np.uint64), np.array(sizes).reshape(-1, 2), errors

    return examples.once(("images", split, column), read)
