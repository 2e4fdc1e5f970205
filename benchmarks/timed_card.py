"""Trains a card for a given time, whatever machine and backend: a budget of seconds.

    python benchmarks/timed_card.py recipes/pointing/hull-5.yaml --seconds 200 --out RUN

The learning rate rises for a twentieth of the time and falls along a cosine to 0, both
by the clock; further `--set NAME=VALUE` change options of the card. The task is saved;
`seqkit evaluate` scores it, on this machine or another.
"""

import argparse
import json
import math
import time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("card")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--dataset")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args()

    import keras

    from seqkit import cards

    card = cards.load_card(given.card)
    options = {**card.build, "schedule": "constant", "patience": None}
    options["seed"] = card.seed or 0
    for one in given.set:
        name, _, value = one.partition("=")
        options[name] = json.loads(value)
    begin = time.monotonic()
    task = cards.find_recipe(card.recipe).build(given.dataset, **options)
    print(f"built in {time.monotonic() - begin:.0f} s\n{task}", flush=True)
    peak, clock = task.options.learning_rate, {}

    def rate(epoch: int, logs: object = None) -> None:
        share = (time.monotonic() - clock.setdefault("begin", time.monotonic())) / (
            given.seconds
        )
        falling = 0.5 * (1 + math.cos(math.pi * min(share, 1)))
        task.model.optimizer.learning_rate = peak * max(
            1e-3, min(share / 0.05 + 0.05, 1) * falling
        )

    def stop(epoch: int, logs: object = None) -> None:
        if time.monotonic() - clock["begin"] > given.seconds:
            task.model.stop_training = True

    timed = keras.callbacks.LambdaCallback(on_epoch_begin=rate, on_epoch_end=stop)
    task.fit(10**6, callbacks=[timed], verbose=2)
    task.save(given.out)
    print(f"trained for {time.monotonic() - clock['begin']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
