"""The package as it is installed: version, lazy attributes, contents of the wheel."""

import subprocess
import sys
import tomllib
import zipfile

import pytest

import seqkit


def test_version_is_the_distribution_s():
    from importlib.metadata import version

    assert seqkit.__version__ == version("seqkit") == "0.1.0"


def test_dir_is_complete_and_everything_in_it_loads(repository):
    rooms = {path.name for path in (repository / "seqkit").iterdir() if path.is_dir()}
    rooms -= {"__pycache__", "cli"}
    assert rooms | {"Task", "load", "__version__"} <= set(dir(seqkit))
    assert dir(seqkit) == sorted(seqkit.__all__)
    for name in seqkit.__all__:
        assert getattr(seqkit, name) is not None


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'layer'"):
        _ = seqkit.layer


def test_wheel_contains_seqkit_only(repository, tmp_path):
    build = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        cwd=repository,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    dist_info = f"seqkit-{seqkit.__version__}.dist-info"
    assert {name.split("/")[0] for name in names} == {"seqkit", dist_info}
    files = {name for name in names if name.startswith("seqkit/")}
    # Every module, and the mark of a package with types; no model and no data.
    modules = {
        path.relative_to(repository).as_posix()
        for path in (repository / "seqkit").rglob("*.py")
    }
    assert modules <= files
    assert {name.rpartition(".")[2] for name in files} == {
        *("py", "typed"),
        *("html", "css", "js"),  # the page of the server
    }
    assert f"{dist_info}/licenses/LICENSE" in names


def test_constraints_pin_every_direct_dependency(repository):
    text = (repository / "constraints.txt").read_text(encoding="utf-8")
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in text.splitlines()
        if line and not line.startswith("#")
    }
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + extras["plot"] + extras["jax"] + extras["test"]
    names = {one.split("[")[0].split(">")[0].lower() for one in asked} - {"seqkit"}
    assert names <= pinned
