"""Times several contestants in turn, so that ratios are reliable on a noisy machine."""

import statistics
import subprocess
import sys
import time


def in_turn(contestants, rounds=5, warmup=1):
    """Runs each contestant once per round and returns its times.

    Args:
        contestants: Dictionary from name to a function without arguments.
        rounds: Number of timed rounds.
        warmup: Number of untimed rounds before them.

    Returns:
        Dictionary from name to a list of `rounds` times in seconds.
    """
    seconds = {name: [] for name in contestants}
    for number in range(warmup + rounds):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if number >= warmup:
                seconds[name].append(time.perf_counter() - start)
    return seconds


class Process:
    """A contestant in its own process, which waits while the others run.

    This way none benefits from process-wide settings of another, such as the allocator.

    Args:
        *arguments: Arguments of the Python process, which calls `serve`.
    """

    def __init__(self, *arguments):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, *arguments], **pipes)

    def __call__(self):
        print(file=self.process.stdin, flush=True)
        if self.process.stdout.readline() != "done\n":
            raise RuntimeError(f"{self.process.args}: ended before its turn was over")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def serve(run):
    """The loop of a `Process`: runs once for each line on standard input."""
    for _ in sys.stdin:
        run()
        print("done", flush=True)


def print_table(seconds, amount, unit, reference):
    """Prints the throughput and its ratio to a reference, as medians over rounds.

    Args:
        seconds: What `in_turn` returned.
        amount: Amount of work in one run, in `unit`.
        unit: What is counted, such as "target tokens".
        reference: Name of the contestant to compare with.
    """
    print(f"| | {unit}/s | × {reference} |")
    print("|---|---|---|")
    for name, times in seconds.items():
        pairs = zip(seconds[reference], times, strict=True)
        ratio = statistics.median(theirs / ours for theirs, ours in pairs)
        print(f"| {name} | {amount / statistics.median(times):,.0f} | {ratio:.2f} |")
