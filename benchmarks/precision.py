"""How near a half precision comes to float32: an epoch of every recipe's sample.

    python benchmarks/precision.py [--policies float32 mixed_bfloat16] [RECIPE ...]

The same seed, data and order; the last column is the loss on validation relative to
that of the first policy.
"""

import argparse
import time

from seqkit.registries import recipes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", default=list(recipes))
    parser.add_argument(
        "--policies", nargs="+", default=["float32", "mixed_bfloat16", "mixed_float16"]
    )
    chosen = parser.parse_args()
    print("| recipe | policy | loss | validation | seconds | difference |")
    print("|---|---|---|---|---|---|")
    for name in chosen.recipes:
        first = None
        for policy in chosen.policies:
            task = recipes[name].build(dtype_policy=policy)
            began = time.perf_counter()
            task.fit(epochs=1, verbose=0)
            seconds = time.perf_counter() - began
            loss, validation = (task.history[f][0] for f in ("loss", "val_loss"))
            first = validation if first is None else first
            print(
                f"| {name} | {policy} | {loss:.4f} | {validation:.4f} | {seconds:.0f} "
                f"| {(validation - first) / abs(first):+.2%} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
