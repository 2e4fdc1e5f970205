"""How near a half precision comes to float32: an epoch of every recipe's sample.

    python benchmarks/precision.py [--policies float32 mixed_bfloat16] [--seeds 1 2 3]
        [RECIPE ...]

Each seed has the same data and order under all policies. Losses are those of training
in the epoch and of validation after it, means over the seeds and their standard
deviations; the last column is the mean loss of training relative to that of the first
policy.
"""

import argparse
import statistics
import time

from seqkit.registries import recipes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipes", nargs="*", default=list(recipes))
    parser.add_argument(
        "--policies", nargs="+", default=["float32", "mixed_bfloat16", "mixed_float16"]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    chosen = parser.parse_args()
    print("| recipe | policy | loss | validation | seconds | difference |")
    print("|---|---|---|---|---|---|")
    for name in chosen.recipes:
        first = None
        for policy in chosen.policies:
            began, losses, validations = time.perf_counter(), [], []
            for seed in chosen.seeds:
                task = recipes[name].build(dtype_policy=policy, seed=seed)
                task.fit(epochs=1, verbose=0)
                losses.append(task.history["loss"][0])
                validations.append(task.history["val_loss"][0])
            seconds = (time.perf_counter() - began) / len(chosen.seeds)
            loss = statistics.mean(losses)
            first = loss if first is None else first
            print(
                f"| {name} | {policy} | {spelt(losses)} | {spelt(validations)} "
                f"| {seconds:.0f} | {(loss - first) / abs(first):+.2%} |",
                flush=True,
            )


def spelt(values: list[float]) -> str:
    """A mean, and with several values their deviation."""
    text = f"{statistics.mean(values):.4f}"
    return f"{text} ± {statistics.stdev(values):.4f}" if len(values) > 1 else text


if __name__ == "__main__":
    main()
