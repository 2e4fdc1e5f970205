"""Programs that a second run of a card compiles on JAX, which should be none.

    python benchmarks/second_run.py CARD.yaml DATASET [NAME=VALUE ...]

Two processes build the task, train it for an epoch, score the split test and predict,
with a cache of their own that is empty at first. Values of options are JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def run(given):
    """Prints a line after each part: what was asked for, found and compiled."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax.monitoring

    from seqkit import cards

    counts = {"compile_requests_use_cache": 0, "cache_hits": 0, "cache_misses": 0}

    def count(name, **_):
        name = name.rpartition("/")[2]
        if name in counts:
            counts[name] += 1

    jax.monitoring.register_event_listener(count)
    card = cards.load_card(given.card)
    options = dict(one.partition("=")[::2] for one in given.options)
    options = {name: json.loads(value) for name, value in options.items()}
    task = cards.find_recipe(card.recipe).build(
        given.dataset, seed=1, cache_dir=given.cache, **card.build | options
    )
    first = task.split("test")[0]
    parts = {
        "build": lambda: None,
        "fit": lambda: task.fit(epochs=1, verbose=0),
        "evaluate": lambda: task.evaluate("test"),
        "predict": lambda: task.predict([next(iter(first.values()))]),
    }
    for name, part in parts.items():
        part()
        numbers = " | ".join(map(str, counts.values()))
        print(f"| {name} | {numbers} | {time.process_time():.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("card")
    parser.add_argument("dataset")
    parser.add_argument("options", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--cache", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.cache:
        return run(given)
    with tempfile.TemporaryDirectory() as cache:
        for number in (1, 2):
            print(f"Run {number}, programs up to the end of\n", flush=True)
            print("| part | asked for | found | compiled | processor, s |")
            print("|---|---|---|---|---|", flush=True)
            again = [sys.executable, __file__, *sys.argv[1:], "--cache", cache]
            subprocess.run(again, check=True, stderr=subprocess.DEVNULL)
            print(flush=True)
    return None


if __name__ == "__main__":
    main()
