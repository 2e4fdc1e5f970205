"""The benchmark of accelerators runs as a whole on small sizes."""

import importlib.util
import json
import subprocess
import sys

import pytest


@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed"
)
def test_gpu_measures_and_writes_what_it_can(repository, tmp_path):
    file = tmp_path / "gpu.json"
    command = [sys.executable, str(repository / "benchmarks" / "gpu.py"), "--tiny"]
    command += ["--only", "^bidirectional", "--out", str(file), "--seconds", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = {row["who"]: row for row in json.loads(file.read_text())}
    row = rows["seqkit on JAX"]
    assert row["what"] == "bidirectional LSTM, padded rows"
    assert row["unit"] == "ms" and row["value"] > 0 and "on jax" in row["device"]
    assert "| what | seqkit on JAX |" in done.stdout
    if importlib.util.find_spec("torch") is None:  # said, and no other row is lost
        assert "No module named 'torch'" in done.stdout
    else:
        assert rows["PyTorch"]["value"] > 0
