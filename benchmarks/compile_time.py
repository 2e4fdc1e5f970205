"""Time to compile a training step on JAX, by layers, loop over blocks and generator.

    python benchmarks/compile_time.py [--limit SECONDS] [--model seq2seq|language]
        [--way WAY] [--rounds N]

Each measurement is a process of its own without a cache of compiled programs: the first
step of training (tracing and compiling) and, of the steps after it, the median, each
with the time of the processor, which other programs change less. The optimizer is that
of the recipes. What the limit leaves no time for is not measured.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time

WAYS = {  # name: (loop over blocks, XLA's generator)
    "as it is": (None, None),
    "one by one, threefry": (False, False),
    "one by one, XLA's generator": (False, True),
    "loop, threefry": (True, False),
    "loop, XLA's generator": (True, True),
}
LAYERS = (1, 6)


def measure(model_name: str, layers: int, loop: bool | None, by_xla: bool | None):
    """Prints the seconds as JSON."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax
    import keras
    import numpy as np

    from seqkit import models
    from seqkit.layers import dropout, repeated
    from seqkit.training import make_optimizer

    jax.config.update("jax_enable_compilation_cache", False)
    if loop is not None:
        from seqkit.layers.compiled_jax import is_traced

        repeated.loop_pays = lambda x: loop and is_traced(x)
    if by_xla is not None:
        dropout.draws_by_xla = lambda: by_xla
    keras.utils.set_random_seed(0)
    names = {
        "seq2seq": "TransformerSeq2Seq",
        "language": "TransformerLanguageModel",
    }
    model = getattr(models, names[model_name])(
        8000, num_layers=layers, hidden_dim=256, num_heads=4, dropout=0.1
    )
    model.build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    given = {"learning_rate": 1e-3}
    optimizer = make_optimizer("adamw", "constant", given, lambda: 0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=True)
    ids = np.random.default_rng(0).integers(4, 8000, (64, 32)).astype("int32")
    inputs = {"encoder_token_ids": ids, "decoder_token_ids": ids}
    batch = (inputs if model_name == "seq2seq" else ids, ids)
    start, used = time.perf_counter(), time.process_time()
    first = float(model.train_on_batch(*batch))
    start, used = time.perf_counter() - start, time.process_time() - used
    steps, busy = [], []
    for _ in range(20):
        begin, worked = time.perf_counter(), time.process_time()
        last = float(model.train_on_batch(*batch))
        steps.append(time.perf_counter() - begin)
        busy.append(time.process_time() - worked)
    found = {
        "device": jax.devices()[0].device_kind,
        "first": start,
        "processor": used,
        "step": statistics.median(steps),
        "busy": statistics.median(busy),
        "losses": [first, last],
    }
    print(json.dumps(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=1200)
    parser.add_argument("--model", choices=["seq2seq", "language"], default="seq2seq")
    parser.add_argument("--way", choices=WAYS, help="by default all, one by one")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        way, layers = options.one
        return measure(options.model, int(layers), *WAYS[way])
    end = time.monotonic() + options.limit
    heads = ["blocks, generator", "layers", "first step, s", "processor, s"]
    print(f"| {' | '.join([*heads, 'step, ms', 'processor, ms'])} |")
    print("|---|---|---|---|---|---|")
    ways = [*WAYS] if options.way is None else [options.way]
    for way, layers in [*itertools.product(ways, LAYERS)] * options.rounds:
        command = [sys.executable, __file__, "--model", options.model]
        command += ["--one", way, str(layers)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=max(1, end - time.monotonic()),
            )
        except subprocess.TimeoutExpired:
            print("\nThe limit is reached.")
            return None
        if done.returncode:
            print(f"| {way} | {layers} | failed: {done.stderr[-500:]} | | | |")
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        print(
            f"| {way} | {layers} | {found['first']:.1f} | {found['processor']:.1f} "
            f"| {1000 * found['step']:.1f} | {1000 * found['busy']:.1f} |",
            flush=True,
        )
    print(f"\nDevice: {found['device']}; losses {found['losses']}")
    return None


if __name__ == "__main__":
    main()
