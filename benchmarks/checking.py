"""Checks two million pairs of short sentences: seconds, and the memory at its peak.

python benchmarks/checking.py [--rows 2000000]
"""

import argparse
import os
import random
import resource
import tempfile
import time
from pathlib import Path


def write(path: Path, rows: int) -> None:
    """Writes pairs of sentences of the embedded sample, put together two by two."""
    from seqkit.samples import translation

    pairs = translation.splits()["train"]
    chance = random.Random(0)
    with open(path, "w", encoding="utf-8") as file:
        file.write("en\tde\n")
        for number in range(rows):
            (a, b), (c, d) = chance.choice(pairs), chance.choice(pairs)
            file.write(f"{a} {c} {number}\t{b} {d} {number}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    rows = parser.parse_args().rows
    from seqkit.recipes import translation

    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "train.tsv"), rows)
        start, before = time.perf_counter(), os.times()
        report = translation.check(folder, cache_dir=f"{folder}/cache")
        seconds, after = time.perf_counter() - start, os.times()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(report)
    print(
        f"{rows:,} rows: {seconds:.0f} s ({after.user - before.user:.0f} s of CPU), "
        f"at most {peak:,} MB"
    )


if __name__ == "__main__":
    main()
