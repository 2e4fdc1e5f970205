"""What an accelerator does: steps of training of seqkit and of PyTorch.

    python benchmarks/gpu.py [--seconds 480] [--out gpu.json] [--only REGEX] [--tiny]
    python benchmarks/gpu.py --card CARD --dataset PATH [--seconds 480]

It needs JAX and PyTorch, and no TensorFlow. Each group of rows has a process of its
own, so that one that fails or takes too long costs no other. Each row is printed when
it is measured, a table at the end, and all figures are in the JSON file. A figure is
the median of several rounds; a round is a number of steps, after which the device is
waited for. Before them come steps that compile and warm up. Data are synthetic and lie
on the device, but not in the rows "in fit", which are whole `task.fit`s. PyTorch
multiplies float32 as TF32, as XLA does.

With --card a card is trained whole and evaluated, with its preset for a GPU, and
nothing else is measured.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LM = ["medium LSTM language model", "large LSTM language model"]
POLICIES = ["float32", "mixed_bfloat16", "mixed_float16"]
BIDIRECTIONAL = "bidirectional LSTM, padded rows"
TRANSFORMER = "Transformer 3 + 3"
STEPS = [f"{one}, {policy}" for policy in POLICIES for one in LM]
STEPS += [BIDIRECTIONAL, TRANSFORMER]
FIT = [f"{TRANSFORMER}, in fit", f"{LM[0]}, float32, in fit"]
FIRST = [f"Transformer {n} + {n}, first step" for n in (1, 6)]

# What is run in a process: who, the backend, the file with the rows, and which rows.
GROUPS = [
    ("seqkit on JAX", "jax", "gpu_keras.py", [*STEPS, *FIT]),
    ("PyTorch", "torch", "gpu_torch.py", STEPS),
    ("seqkit on JAX", "jax", "gpu_keras.py", FIRST[:1]),
    ("seqkit on JAX", "jax", "gpu_keras.py", FIRST[1:]),
    ("seqkit on JAX, cached", "jax", "gpu_keras.py", FIRST[:1]),
    ("seqkit on JAX, cached", "jax", "gpu_keras.py", FIRST[1:]),
    ("seqkit on PyTorch", "torch", "gpu_keras.py", [BIDIRECTIONAL, STEPS[0]]),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=480, help="limit of the whole")
    parser.add_argument("--out", type=Path, default=Path("gpu.json"))
    parser.add_argument("--only", default="", help="rows whose name has this pattern")
    parser.add_argument("--tiny", action="store_true", help="sizes to try it on a CPU")
    parser.add_argument("--card", help="a recipe card that is trained instead")
    parser.add_argument("--dataset", help="the data of the card")
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    found = []
    with tempfile.TemporaryDirectory() as folder:
        if arguments.card:
            train_card(arguments, folder, end, found)
            return
        for who, backend, file, names in GROUPS:
            names = [name for name in names if re.search(arguments.only, name)]
            if not names:
                continue
            command = [sys.executable, str(HERE / file), *names]
            command += ["--tiny"] * arguments.tiny
            variables = {"KERAS_BACKEND": backend, "JAX_COMPILATION_CACHE_DIR": folder}
            for line in run(command, variables, end):
                if not line.startswith("{"):
                    print(f"  {line}", flush=True)
                    continue
                row = {"who": who, **json.loads(line)}
                found.append(row)
                print(spelt(row), flush=True)
                write(arguments.out, found)
    print_table(found)


def run(command, variables, end):
    """Yields the lines that a process writes; at `end` it is killed, and that is said.

    Of what it writes as errors there is the end, if it fails.
    """
    left = end - time.monotonic()
    if left < 5:
        yield f"no time left for: {' '.join(command[1:])}"
        return
    variables = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", **variables}
    variables |= {"PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        process = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        timer = threading.Timer(left, process.kill)
        timer.start()
        try:
            for line in process.stdout or ():
                yield line.rstrip()
            code = process.wait()
        finally:
            timer.cancel()
            process.kill()
        if code:
            errors.seek(0)
            yield f"ended with {code}: {errors.read()[-1500:]}"


def spelt(row):
    """A row as a line of text."""
    if "error" in row:
        return f"{row['what']}: {row['who']}: {row['error']}"
    more = ", ".join(f"{k} {v}" for k, v in row.get("about", {}).items())
    value = f"{row['value']:.3g} {row['unit']}"
    return f"{row['what']}: {row['who']}: {value}  ({more})"


def write(path, rows):
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def print_table(rows):
    """Prints a row for each workload and a column for each contestant."""
    whos = list(dict.fromkeys(row["who"] for row in rows))
    for device in dict.fromkeys(row.get("device") for row in rows if "device" in row):
        print(f"\n{device}", end="")
    print("\n\n| what | " + " | ".join(whos) + " |\n|" + "---|" * (len(whos) + 1))
    for what in dict.fromkeys(row["what"] for row in rows):
        cells = {row["who"]: row for row in rows if row["what"] == what}
        texts = []
        for who in whos:
            row = cells.get(who, {})
            text = f"{row['value']:.3g} {row['unit']}" if "value" in row else ""
            texts.append("fails" if "error" in row else text)
        print(f"| {what} | " + " | ".join(texts) + " |", flush=True)
    steps = {row["what"]: row["value"] for row in rows if "value" in row}
    for name in FIT:
        bare = name.removesuffix(", in fit")
        if name in steps and bare in steps and rows[0]["who"] == "seqkit on JAX":
            of = [r["value"] for r in rows if r["what"] == bare][0]
            print(f"\n{name}: {steps[name] / of:.3f} times the bare step")


def train_card(arguments, folder, end, found):
    """Trains and evaluates a card, and prints what the command line prints."""
    command = [sys.executable, "-m", "seqkit.cli", "train", arguments.card]
    command += ["--out", str(Path(folder, "trained")), "--verbose", "2"]
    command += ["--device-preset", "gpu"]
    command += ["--dataset", arguments.dataset] if arguments.dataset else []
    begin, lines = time.monotonic(), []
    for line in run(command, {"KERAS_BACKEND": "jax"}, end):
        lines.append(line)
        print(line, flush=True)
    took = time.monotonic() - begin
    found.append({"card": arguments.card, "seconds": took, "output": lines})
    write(arguments.out, found)
    print(f"{arguments.card}: {took:.0f} s")


def timed(run_steps, steps, rounds=7):
    """Median and spread of the milliseconds of a step, over rounds of so many steps."""
    run_steps(max(3, steps // 4))
    each = []
    for _ in range(rounds):
        begin = time.perf_counter()
        run_steps(steps)
        each.append(1e3 * (time.perf_counter() - begin) / steps)
    about = {"fastest": f"{min(each):.3g}", "slowest": f"{max(each):.3g}"}
    return {"value": statistics.median(each), "unit": "ms", "about": about}


def answer(workloads, device):
    """The main function of a file with rows: measures those that are named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--tiny", action="store_true")
    arguments = parser.parse_args()
    for name in arguments.names:
        row = {"what": name, "device": device()}
        try:
            row |= workloads(name, arguments.tiny)
        except Exception as error:  # the other rows are measured
            row["error"] = f"{type(error).__name__}: {error}"[:300]
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
