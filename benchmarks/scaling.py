"""Step and compile time by the number of devices, and what a process reads, on JAX.

    python benchmarks/scaling.py [--devices 1 2 4] [--model-parallel 2] [--steps 20]
        [--processes 1 2 4]

Each number of devices runs in a process of its own; on a CPU, JAX divides it into that
many. The model is a Transformer that translates the embedded sample, with the same
batches for all. Ratios are to one device. What the first of several processes reads is
that of the same batches.
"""

import argparse
import json
import os
import subprocess
import sys
import time

READ = 200
"""Steps of which it is counted what a process reads."""


def build(hidden_dim):
    import seqkit

    return seqkit.recipes.translation.build(
        architecture="transformer",
        num_layers=2,
        hidden_dim=hidden_dim,
        batch_size=64,
        average_momentum=None,
    )


def read(processes, steps, hidden_dim):
    """What the first of some processes makes for so many steps: rows, MB, seconds."""
    import keras
    import numpy as np

    from seqkit.data import OwnRows

    batches = build(hidden_dim).batched("train", training=True)[0]
    found = []
    for count in processes:
        own = OwnRows(batches, 0, count)
        begun = time.perf_counter()
        made = [own.batch(*divmod(step, len(own))) for step in range(steps)]
        seconds = time.perf_counter() - begun
        arrays = [np.asarray(one) for one in keras.tree.flatten(made)]
        rows = sum(len(inputs["encoder_token_ids"]) for inputs, *_ in made)
        found.append([count, rows, sum(a.nbytes for a in arrays) / 1e6, seconds])
    return found


def measure(devices, model_parallel, steps, hidden_dim):
    """Seconds of the first step and of a later one."""
    import keras
    import numpy as np

    import seqkit

    with seqkit.distribute(devices, model_parallel=model_parallel):
        task = build(hidden_dim)
    times = [time.perf_counter()]

    def note(step, logs):
        float(logs["loss"])  # waits for the device
        times.append(time.perf_counter())
        if step + 1 >= steps:
            raise KeyboardInterrupt

    log = keras.callbacks.LambdaCallback(on_train_batch_end=note)
    try:
        task.fit(epochs=1, callbacks=[log], verbose=0)
    except KeyboardInterrupt:
        pass
    seconds = np.diff(times)
    # Each of a few shapes is compiled at its first step; the others are steps alone.
    step = float(np.median(seconds))
    return {"compile": float(seconds[seconds > 5 * step].sum()), "step": step}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--devices", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--model-parallel", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--hidden-dim", type=int, default=128)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--one", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["KERAS_BACKEND"] = "jax"
    if options.one:
        found = measure(*options.one, options.steps, options.hidden_dim)
        print(json.dumps(found))
        return
    runs = [(devices, 1) for devices in options.devices]
    parts = options.model_parallel
    runs += [(n, parts) for n in options.devices if n % parts == 0 and parts > 1]
    print("| devices | share a copy | first steps, s | a step, ms | × one device |")
    print("|---|---|---|---|---|")
    first = None
    for devices, parts in runs:
        words = ["--one", str(devices), str(parts), "--steps", str(options.steps)]
        words += ["--hidden-dim", str(options.hidden_dim)]
        done = subprocess.run(
            [sys.executable, __file__, *words],
            env={
                "JAX_NUM_CPU_DEVICES": str(devices),
                **os.environ,
                "JAX_ENABLE_COMPILATION_CACHE": "false",  # so that it compiles
            },
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        found = json.loads(done.stdout.splitlines()[-1])
        first = first or found["step"]
        print(
            f"| {devices} | {parts} | {found['compile']:.1f} | "
            f"{1000 * found['step']:.0f} | {found['step'] / first:.2f} |",
            flush=True,
        )
    print(f"\n| processes | rows of one in {READ} steps | MB | seconds |")
    print("|---|---|---|---|")
    for count, rows, size, seconds in read(options.processes, READ, options.hidden_dim):
        print(f"| {count} | {rows:,} | {size:.2f} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
