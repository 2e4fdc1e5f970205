"""A second process compiles nothing: programs are kept on disk."""

import json
import os
import subprocess
import sys

import pytest

from tests import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.sentiment_folder(tmp_path_factory.mktemp("rows"), train=16)


def run(repository, folder, cache, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "tests.task.cached_run", folder, cache],
        env=os.environ
        | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(repository)}
        | environment,
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def test_a_second_run_compiles_nothing(repository, folder, tmp_path):
    cache = tmp_path / "cache"
    first, said = run(repository, folder, cache)
    assert first["cache_misses"] > 5
    assert f"compiled programs are kept in {cache}/compiled" in said
    second, again = run(repository, folder, cache)
    assert "cache_misses" not in second
    assert second["cache_hits"] == second["compile_requests_use_cache"]
    assert "compiled programs" not in again


def test_a_folder_that_cannot_be_written(monkeypatch, capsys, tmp_path):
    keep = prepared(monkeypatch)
    import jax

    before = jax.config.jax_enable_compilation_cache
    (tmp_path / "compiled").write_text("a file where a folder would be")
    try:
        keep(tmp_path)
        keep(tmp_path)
    finally:
        jax.config.update("jax_enable_compilation_cache", before)
    assert capsys.readouterr().err.count("compiled programs are not kept") == 1


def test_the_environment_decides(monkeypatch, capsys, tmp_path):
    keep = prepared(monkeypatch)
    import jax

    before = jax.config.jax_enable_compilation_cache
    try:
        jax.config.update("jax_enable_compilation_cache", False)
        keep(tmp_path)
        assert not list(tmp_path.iterdir())
        jax.config.update("jax_enable_compilation_cache", True)
        jax.config.update("jax_compilation_cache_dir", str(tmp_path / "own"))
        keep(tmp_path)
        assert not list(tmp_path.iterdir())
        assert jax.config.jax_compilation_cache_dir == str(tmp_path / "own")
    finally:
        jax.config.update("jax_enable_compilation_cache", before)
        jax.config.update("jax_compilation_cache_dir", None)
    assert not capsys.readouterr().err


def prepared(monkeypatch):
    """`keep_compiled` as on JAX, whatever this process runs on."""
    pytest.importorskip("jax")
    import keras

    from seqkit.task.compiled_programs import keep_compiled

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    return keep_compiled
