"""The README's code runs as it stands, top to bottom, in one process."""

import os
import re
import subprocess
import sys

import pytest

from tests import small_samples


def python_blocks(text):
    """Code of the fenced python blocks, each padded to its line in the file."""
    for found in re.finditer(r"^```python\n(.*?)^```$", text, re.M | re.S):
        yield "\n" * text.count("\n", 0, found.start(1)) + found.group(1)


def test_python_blocks_run(repository, tmp_path):
    readme = repository / "README.md"
    blocks = list(python_blocks(readme.read_text(encoding="utf-8")))
    if not blocks:
        pytest.fail("README.md shows no python code")
    runner = small_samples.CODE
    runner += "import pathlib, sys\nspace = {'__name__': '__main__'}\n"
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.py").write_text(block, encoding="utf-8")
        # Under the README's own name, tracebacks point to its lines.
        runner += (
            f"code = pathlib.Path('{number}.py').read_text(encoding='utf-8')\n"
            f"exec(compile(code, {str(readme)!r}, 'exec'), space)\n"
        )
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", runner],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=quiet,
    )
    assert done.returncode == 0, done.stderr
    chatter = re.findall(r".*(?:WARNING|Warning|[EWI]\d{4} |LOG\().*", done.stderr)
    assert not chatter, "libraries write among what the README shows"


def test_blocks_are_found_with_their_lines():
    (block,) = python_blocks("a\n```python\nx = 1\n```\n```\nno\n```\n")
    assert block == "\n\nx = 1\n"
