"""`python -m seqkit.demo`: a translation model from nothing to served answers.

It takes about two minutes on two processor cores and downloads nothing.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from seqkit.errors import SeqkitError

EPOCHS = 7
# "clever child" is one of the combinations that only the test split holds.
NEW_SENTENCE = "The old woman knows that the clever child is playing with a red ball."

# What runs where the model is served.
CLIENT = """\
import json, sys
import tensorflow as tf
import tensorflow_text

served = tf.saved_model.load(sys.argv[1]).signatures["serving_default"]
answer = served(text=tf.constant(json.loads(sys.argv[2])))
lines = [text.decode() for text in answer["translations"].numpy()]
assert "seqkit" not in sys.modules
sys.stdout.buffer.write(json.dumps(lines).encode())
"""


def main(folder=".", *, dataset=None, epochs=EPOCHS, **options):
    """Trains the translation recipe, looks at it, exports it and asks the export.

    Args:
        folder: Where `runs/demo` and `exports/demo` go; a run there is replaced, an
            export gets the next version number.
        dataset: Sentence pairs; the embedded sample by default.
        epochs: Passes over them.
        **options: Further arguments of `seqkit.recipes.translation.build`.

    Returns:
        The BLEU score of the test split.
    """
    began = time.monotonic()
    folder = Path(folder)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without "ü" shows "?"
            stream.reconfigure(errors="replace")
    print("Importing TensorFlow ...", flush=True)
    with _quiet():
        import datasets
        import tensorflow as tf

        tf.config.list_physical_devices()  # its notes about GPUs come here
    datasets.disable_progress_bars()
    from seqkit.recipes import translation

    _title("1. Train on English-German sentences made by a grammar")
    task = translation.build(dataset, **options)
    for split in task.splits:
        print(f"   {split:<11}{len(task.splits[split]):>6,} pairs")
    print(f"   {task.config['architecture']}, {task.model.count_params():,} parameters")
    task.fit(epochs=epochs, callbacks=[_progress(epochs)], verbose=0)

    _title("2. Evaluate on combinations of words that training never showed")
    pairs = task.split("test")
    scores = task.evaluate("test")
    print(f"   BLEU {scores['bleu']:.1f}, chrF {scores['chrf']:.1f}, ", end="")
    print(f"perplexity {scores['perplexity']:.2f} on {len(pairs):,} sentences")
    print(f"   {scores['signature']}")

    _title("3. Translate")
    examples = pairs[: min(len(pairs), 5)]
    found = task.predict(examples["source"])
    for source, reference, translated in zip(
        examples["source"], examples["target"], found, strict=True
    ):
        print(f"   source     {source}")
        print(f"   model      {translated}")
        print(f"   reference  {reference}", end="\n\n")

    _title("4. Look inside: what each German word attended to")
    alignment = task.attention(NEW_SENTENCE).words()
    print(alignment.to_text())
    _picture(alignment, folder / "runs" / "demo-alignment.png")

    _title("5. Save, export, and answer from a process that has TensorFlow alone")
    run = folder / "runs" / "demo"
    task.save(run)
    export = _next_version(folder / "exports" / "demo")
    with _quiet():
        task.export(export)
    print(f"   saved {run}, exported {export}")
    sentences = [NEW_SENTENCE, *examples["source"][:2]]
    served = _ask(export, sentences)
    for source, translated in zip(sentences, served, strict=True):
        print(f"   {source}  ->  {translated}")
    same = served == task.predict(sentences)
    print(f"   the same as task.predict: {'yes' if same else 'NO'}")

    print(f"\nDone in {time.monotonic() - began:.0f} s. Try it:")
    print(f'   echo "{NEW_SENTENCE}" | {_command()} predict {run}')
    return scores["bleu"]


def _progress(epochs):
    import keras

    class Progress(keras.callbacks.Callback):
        """A line an epoch; on a terminal it counts the batches too."""

        def on_epoch_begin(self, epoch, logs=None):
            self.began = time.monotonic()
            self.label = f"   epoch {epoch + 1:>2} of {epochs}"

        def on_train_batch_end(self, batch, logs=None):
            if sys.stdout.isatty() and batch % 5 == 0:
                print(f"\r{self.label}   batch {batch + 1}", end="", flush=True)

        def on_epoch_end(self, epoch, logs=None):
            logs = logs or {}
            start = "\r" if sys.stdout.isatty() else ""
            print(
                f"{start}{self.label}   perplexity {logs['perplexity']:6.2f}, "
                f"on the validation split {logs['val_perplexity']:6.2f}   "
                f"{time.monotonic() - self.began:3.0f} s",
                flush=True,
            )

    return Progress()


def _picture(alignment, path):
    from seqkit.inspect import plot_alignment

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        ax = plot_alignment(alignment)
    except SeqkitError as error:  # matplotlib is optional
        print(f"   no picture: {error}")
        return
    ax.figure.savefig(path, dpi=150, bbox_inches="tight")
    print(f"   as a picture: {path}")


def _next_version(folder):
    """The next folder `1`, `2`, ...: TensorFlow Serving answers from the highest."""
    taken = [int(path.name) for path in folder.glob("*") if path.name.isdecimal()]
    return folder / str(max(taken, default=0) + 1)


def _ask(export, sentences):
    """Answers of the SavedModel in a process that has TensorFlow alone."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(export), json.dumps(sentences)],
        capture_output=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return json.loads(done.stdout)


def _command():
    """How the command line is called beside the Python in use."""
    script = Path(sys.executable).with_name("seqkit")
    if not script.exists():
        return f"{sys.executable} -m seqkit.cli"
    return os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script)


def _title(text):
    print(f"\n{text}", flush=True)


@contextlib.contextmanager
def _quiet():
    """Keeps back what libraries write to stderr, and shows it if something fails.

    TensorFlow writes its first lines before it reads any setting of its own.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            yield
        except BaseException:
            notes.seek(0)
            os.write(kept, notes.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


if __name__ == "__main__":
    main()
