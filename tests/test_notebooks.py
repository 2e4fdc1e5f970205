"""Every notebook runs, in a shortened form, and was saved with its real outputs.

A cell tagged `parameters` holds plain assignments, such as `EPOCHS = 30`; its
metadata may give shorter values: `{"quick": {"EPOCHS": 1}}`. They replace the ones
in the cell for the test alone. A quick run takes at most about ten seconds.
"""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from tests import small_samples

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(
    path for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
by_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


def shorten(notebook):
    """Put the quick values of `parameters` cells in place of the real ones."""
    for cell in notebook.cells:
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        quick = dict(cell.metadata.get("quick", {}))
        tree = ast.parse(cell.source)
        for statement in tree.body:
            names = [
                target.id
                for target in getattr(statement, "targets", [])
                if isinstance(target, ast.Name)
            ]
            for name in set(names) & set(quick):
                statement.value = ast.Constant(quick.pop(name))
        if quick:
            raise ValueError(f"quick values for unknown parameters: {sorted(quick)}")
        cell.source = ast.unparse(tree)


def outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from cell.outputs


@pytest.fixture(scope="module")
def kernel():
    """One process for all notebooks, in which TensorFlow is imported once."""
    from jupyter_client import AsyncKernelManager
    from nbclient.util import run_sync

    manager = AsyncKernelManager(kernel_name="python3")
    yield manager  # the first notebook starts it
    if manager.has_kernel:
        run_sync(manager.shutdown_kernel)(now=True)


@by_notebook
def test_runs_in_a_shortened_form(path, tmp_path, kernel):
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    shorten(notebook)
    # Nothing is known of the notebook before, and files go to a folder of their own.
    anew = f"%reset -f\n%cd -q {tmp_path}\n{small_samples.CODE}"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(anew))
    client = NotebookClient(notebook, km=kernel, timeout=600)
    try:
        client.execute()  # raises CellExecutionError where a cell fails
    finally:
        client.kc.stop_channels()
    assert not [one for one in outputs(notebook) if one.output_type == "error"]


@by_notebook
def test_is_saved_with_the_outputs_of_a_whole_run(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source]
    counts = [cell.execution_count for cell in code]
    assert counts == list(range(1, len(code) + 1)), "run all cells in order, and save"
    assert any(cell.outputs for cell in code)
    assert not [one for one in outputs(notebook) if one.output_type == "error"]


@by_notebook
def test_shows_no_path_of_a_machine(path):
    notebook = nbformat.read(path, as_version=4)
    texts = [cell.source for cell in notebook.cells]
    texts += [json.dumps(one) for one in outputs(notebook)]
    paths = r"/(?:home|root|Users|tmp|work|content|mnt|opt|private)/\w[^\s\"']*"
    assert not [found for text in texts for found in re.findall(paths, text)]


def test_quick_values_replace_parameters():
    cell = nbformat.v4.new_code_cell(
        "EPOCHS = 30\nNAME = 'a'  # kept",
        metadata={"tags": ["parameters"], "quick": {"EPOCHS": 1}},
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    shorten(notebook)
    assert notebook.cells[0].source == "EPOCHS = 1\nNAME = 'a'"


def test_a_quick_value_without_its_parameter_is_an_error():
    cell = nbformat.v4.new_code_cell(
        "EPOCHS = 30", metadata={"tags": ["parameters"], "quick": {"EPOCH": 1}}
    )
    with pytest.raises(ValueError, match="EPOCH"):
        shorten(nbformat.v4.new_notebook(cells=[cell]))
