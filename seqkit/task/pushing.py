"""Saving a task into a repository of the Hugging Face Hub."""

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqkit.errors import SeqkitError
from seqkit.task.card_text import FILE, read_card
from seqkit.task.hub import understood
from seqkit.task.model_card import card_at
from seqkit.task.saving import files_of, write

if TYPE_CHECKING:
    from seqkit.task.task import Task

_NO_MATTER = {".gitattributes", ".gitignore", "LICENSE", FILE}


def push(
    task: "Task",
    name: str,
    *,
    private: bool | None = None,
    license: str | None = None,
    token: str | None = None,
) -> str:
    """Saves a task into a repository; see `Task.push_to_hub`."""
    from huggingface_hub import HfApi, ModelCard
    from huggingface_hub.utils import validate_repo_id

    api = HfApi(token=token)
    with tempfile.TemporaryDirectory(prefix="seqkit-push-") as place:
        folder, earlier = Path(place) / "task", Path(place) / "earlier"
        folder.mkdir()
        earlier.mkdir()
        with understood(name):
            validate_repo_id(name)
            if license is not None:  # before a repository is made
                ModelCard(f"---\nlicense: {json.dumps(license)}\n---\n").validate()
            address = api.create_repo(name, private=private, exist_ok=True)
            name = address.repo_id
            there = api.list_repo_files(name)
            if FILE in there:
                api.hf_hub_download(name, FILE, local_dir=earlier)
        if "task.json" not in there and (other := {*there} - _NO_MATTER):
            raise SeqkitError(
                f"{name}: expected an empty repository, or one of a saved task, found "
                f"{', '.join(sorted(other)[:5])}. Nothing was written"
            )
        card = card_at(task, name, read_card(earlier), own_first=True, license=license)
        gone = {*files_of(type(task))} - write(task, folder, card) - {FILE}
        _without_places(folder / "task.json")
        with understood(name):
            api.upload_folder(
                repo_id=name,
                folder_path=folder,
                commit_message=f"Save a seqkit task: {task.recipe}",
                delete_patterns=sorted(p for file in gone for p in (file, f"{file}/*")),
            )
    return str(address)


def _without_places(file: Path) -> None:
    """Takes the folders of this machine out of the options in a document.

    Of files their names stay, so that it can be seen what a task was trained on.
    """
    document = json.loads(file.read_text(encoding="utf-8"))
    config = document["config"]
    if "cache_dir" in config:
        config["cache_dir"] = None
    for option, value in config.items():
        if isinstance(value, dict):
            config[option] = {key: _name(one) for key, one in value.items()}
        else:
            config[option] = _name(value)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")


def _name(value: Any) -> Any:
    """The name of a file or folder that is on this machine; other values as they are.

    >>> from seqkit.task.pushing import _name
    >>> _name("/data/of/me/reviews.csv"), _name("owner/name"), _name(3)
    ('reviews.csv', 'owner/name', 3)
    """
    if not isinstance(value, str) or "/" not in value:
        return value
    place = os.path.isabs(value) or os.path.exists(value)
    return os.path.basename(value.rstrip("/")) if place else value
