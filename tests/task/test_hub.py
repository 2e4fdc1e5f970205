"""Tasks go to the Hub and come back, by the real client and a server in memory."""

import json

import pytest
from huggingface_hub import constants

import seqkit
from seqkit import cli
from seqkit.errors import SeqkitError
from tests.hub_server import point_at, sha

# `huggingface_hub` uploads in a way that its HTTP library advises against.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Use 'content=<...>' to upload raw bytes:DeprecationWarning"
)


def test_a_task_goes_there_and_back(hub, fake):
    task = fake.build(target="fr")
    task.evaluate("test")
    address = task.push_to_hub("owner/name", license="mit")
    assert address == f"{hub.url}/owner/name"
    loaded = seqkit.load("owner/name")
    assert loaded.options == task.options and loaded.results == task.results
    card = hub.files("owner/name")["README.md"].decode()
    assert "license: mit" in card and 'seqkit.load("owner/name")' in card
    assert not hub.private


def test_a_private_repository_needs_a_token(hub, fake, monkeypatch):
    fake.build().push_to_hub("owner/name", private=True)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(SeqkitError, match="owner/name: .*HF_TOKEN"):
        seqkit.load("owner/name")
    assert seqkit.load("owner/name", token=hub.token).options.target == "de"


def test_a_name_alone_is_in_ones_own_account(hub, fake):
    assert fake.build().push_to_hub("name") == f"{hub.url}/me/name"
    assert "me/name" in hub.repos


def test_a_revision(hub, fake):
    for target in ("fr", "it"):
        fake.build(target=target).push_to_hub("owner/name")
    hub.tags["owner/name", "v1"] = 1
    assert seqkit.load("owner/name").options.target == "it"
    assert seqkit.load("owner/name", revision="v1").options.target == "fr"
    commit = sha("owner/name", 1)
    assert seqkit.load("owner/name", revision=commit).options.target == "fr"
    with pytest.raises(SeqkitError, match="a tag or a commit of it, found no 'v9'"):
        seqkit.load("owner/name", revision="v9")


def test_what_was_loaded_once_loads_without_the_hub(hub, fake):
    fake.build(target="fr").push_to_hub("owner/name")
    seqkit.load("owner/name")
    constants.HF_HUB_OFFLINE = True  # put back by the fixture
    assert seqkit.load("owner/name").options.target == "fr"


def test_a_folder_of_that_name_comes_first(hub, fake, tmp_path):
    fake.build(target="fr").push_to_hub("owner/name")
    fake.build(target="it").save(tmp_path / "owner" / "name")
    assert seqkit.load("owner/name").options.target == "it"
    with pytest.raises(SeqkitError, match="found a folder of that name, which comes f"):
        seqkit.load("owner/name", revision="main")
    with pytest.raises(SeqkitError, match="revision: expected with a repository"):
        seqkit.load(tmp_path / "nothing", revision="main")


def test_only_the_files_of_a_task_are_downloaded(hub, fake, tmp_path):
    fake.build().push_to_hub("owner/name")
    hub.put(
        "owner/name",
        **{
            "evil.pkl": b"x",
            "../../escaped": b"x",
            "model.keras/../../escaped": b"x",
            "/tmp/escaped": b"x",
            "setup.py": b"x",
        },
    )
    seqkit.load("owner/name")
    asked = {path.rpartition("/")[2] for _, path in hub.requests if "/resolve/" in path}
    assert asked == {"task.json", "model.keras", "README.md"}
    assert not list(tmp_path.rglob("escaped"))


def test_names_in_the_document_fetch_nothing(hub, fake):
    fake.build().push_to_hub("owner/name")
    document = json.loads(hub.files("owner/name")["task.json"])
    document["files"] += ["../escaped", "evil.pkl"]
    hub.put(
        "owner/name", **{"task.json": json.dumps(document).encode(), "evil.pkl": b""}
    )
    seqkit.load("owner/name")
    assert not any("evil" in path for _, path in hub.requests if "/resolve/" in path)


@pytest.mark.parametrize("name", ["owner/nothing", "owner/other", "owner/gated"])
def test_what_is_there_is_no_task(hub, name):
    hub.put("owner/other", **{"config.json": b"{}"})
    hub.put("owner/gated", **{"task.json": b"{}"})
    hub.gated.add("owner/gated")
    message = {
        "owner/nothing": "a repository of the Hub, found neither",
        "owner/other": "that push_to_hub wrote, found no task.json in it",
        "owner/gated": "given out on request",
    }[name]
    with pytest.raises(SeqkitError, match=f"^{name}: .*{message}"):
        seqkit.load(name)


def test_without_a_network(monkeypatch, tmp_path, fake):
    point_at(monkeypatch, "http://127.0.0.1:9", tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SeqkitError, match="^owner/name: .*the Hub cannot be reached"):
        seqkit.load("owner/name")
    with pytest.raises(SeqkitError, match="^owner/name: .*cannot be reached"):
        fake.build().push_to_hub("owner/name", token="x")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SeqkitError, match="^owner/name: .*HF_HUB_OFFLINE"):
        seqkit.load("owner/name")
    with pytest.raises(SeqkitError, match="^owner/name: .*HF_HUB_OFFLINE"):
        fake.build().push_to_hub("owner/name", token="x")


def test_pushing_without_a_token_or_a_right_name(hub, fake, monkeypatch):
    with pytest.raises(SeqkitError, match="a/b/c: expected the name of a repository"):
        fake.build().push_to_hub("a/b/c")
    with pytest.raises(SeqkitError, match="license.*must be one of"):
        fake.build().push_to_hub("owner/name", license="My Own!")
    assert "owner/name" not in hub.repos
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(SeqkitError, match="hf auth login"):
        fake.build().push_to_hub("owner/another")


def test_places_of_this_machine_are_not_pushed(hub, fake, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("A text.\nAnother.\n")
    task = fake.build(str(file))
    task.push_to_hub("owner/name")
    document = hub.files("owner/name")["task.json"].decode()
    assert str(tmp_path) not in document and '"dataset": "texts.txt"' in document
    assert task.options.dataset == str(file)


def test_other_things_are_not_pushed_over(hub, fake):
    hub.put("owner/name", **{"weights.bin": b"x", "README.md": b"# Mine\n"})
    with pytest.raises(SeqkitError, match="found weights.bin. Nothing was written"):
        fake.build().push_to_hub("owner/name")
    assert set(hub.files("owner/name")) == {"weights.bin", "README.md"}


def test_what_is_not_seqkits_stays_and_what_is_gone_goes(hub, registered, fake):
    from seqkit.task import asset
    from tests.task.test_assets import Note

    class Noted(fake):
        """Fake with a note."""

        built = []
        note = asset("note.txt", Note.load, optional=True)

    registered("noted", Noted)
    task = Noted.build()
    task.note = Note("a")
    task.push_to_hub("owner/name")
    assert seqkit.load("owner/name").note.text == "a"
    hub.put("owner/name", LICENSE=b"mine")
    task.note = None
    task.push_to_hub("owner/name")
    assert "note.txt" not in hub.files("owner/name")
    assert hub.files("owner/name")["LICENSE"] == b"mine"
    assert seqkit.load("owner/name").note is None


def test_what_was_written_on_the_hub_stays(hub, fake, tmp_path, capsys):
    task = fake.build()
    task.push_to_hub("owner/name")
    card = hub.files("owner/name")["README.md"]
    card = card.replace(b"license: unknown", b"license: mit") + b"\nOf the Hub.\n"
    hub.put("owner/name", **{"README.md": card})
    task.push_to_hub("owner/name")
    card = hub.files("owner/name")["README.md"].decode()
    assert card.endswith("-->\n\nOf the Hub.\n") and "license: mit" in card
    # What is written in the folder comes before it, and that is said.
    task.save(tmp_path / "run")
    text = (tmp_path / "run" / "README.md").read_text()
    text = text.replace("Of the Hub.", "Of the folder.")
    (tmp_path / "run" / "README.md").write_text(text)
    capsys.readouterr()
    seqkit.load(tmp_path / "run").push_to_hub("owner/name")
    card = hub.files("owner/name")["README.md"].decode()
    assert card.endswith("-->\n\nOf the folder.\n") and "license: mit" in card
    assert "in the repository, whose history keeps it" in capsys.readouterr().err


def test_a_readme_of_ones_own_on_the_hub_stays(hub, fake):
    hub.put("owner/name", **{"README.md": b"# Mine\n"})
    fake.build().push_to_hub("owner/name")
    assert hub.files("owner/name")["README.md"] == b"# Mine\n"
    assert seqkit.load("owner/name").options.target == "de"


def test_the_command_line(hub, fake, tmp_path, capsys):
    fake.build(target="fr").save(tmp_path / "run")
    assert cli.main(["push", "run", "owner/name", "--private", "--license", "mit"]) == 0
    assert f"Pushed to {hub.url}/owner/name" in capsys.readouterr().err
    assert hub.private == {"owner/name"}
    assert cli.main(["evaluate", "owner/name", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bleu"] == 34.5678
    assert cli.main(["push", "run", "owner name"]) == 2
    assert "expected the name of a repository" in capsys.readouterr().err
    assert cli.main(["evaluate", "owner/nothing"]) == 2
    assert "owner/nothing: expected a folder" in capsys.readouterr().err
