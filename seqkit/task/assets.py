"""What a task learns from train besides weights: tokenizers, labels, encoders."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from seqkit.errors import SeqkitError
from seqkit.registry import Reference
from seqkit.task.reading import reading


class Asset(Protocol):
    """What a task saves into its folder."""

    def save(self, path: Path) -> None: ...


class asset:
    """Declares an asset in the body of a `Task`: an attribute, saved and loaded.

    Args:
        file: Its file in the folder of a saved task.
        load: From the file's path to the asset: a callable, or `"module:attribute"`.
        optional: Whether a task may lack it; the attribute is then `None`.
        same_as: Another asset that this one is if it has no file of its own.
        sizes: Argument of the model to the attribute of the asset that fits it: a
            number that the argument must not fall short of, or names that are as many.

    >>> from seqkit.task import asset
    >>> class Chat:
    ...     tokenizer = asset("tokenizer", "seqkit.tokenizers:load_tokenizer")
    >>> chat = Chat()
    >>> chat.tokenizer is None
    True
    """

    def __init__(
        self,
        file: str,
        load: str | Callable[[Path], Any],
        *,
        optional: bool = False,
        same_as: str | None = None,
        sizes: Mapping[str, str] | None = None,
    ):
        self.file, self.optional, self.same_as = file, optional, same_as
        self._load, self.sizes = load, dict(sizes or {})

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, task: Any, owner: type | None = None) -> Any:
        return self if task is None else vars(task).get(self.name)

    def __set__(self, task: Any, value: Any) -> None:
        vars(task)[self.name] = value

    def save(self, task: Any, folder: Path) -> None:
        """Writes the asset into a folder, unless it is absent or another one's."""
        value = getattr(task, self.name)
        if value is None and self.optional:
            return
        if self.same_as is None or value is not getattr(task, self.same_as):
            if value is None:
                raise SeqkitError(
                    f"{self.name}: expected an asset that `learn` sets, found None"
                )
            value.save(folder / self.file)

    def load(self, task: Any, folder: Path) -> None:
        """Sets the attribute from what `save` wrote."""
        file = folder / self.file
        if file.exists():
            load = self._load
            with reading(file):
                load = Reference(load).load() if isinstance(load, str) else load
                value = load(file)
        elif self.same_as is not None:
            value = getattr(task, self.same_as)
        elif self.optional:
            value = None
        else:
            raise SeqkitError(
                f"{folder}: expected a folder that is whole, found no {self.file} in it"
            )
        setattr(task, self.name, value)

    def check_fit(self, task: Any, folder: Path, model_config: Mapping) -> None:
        """Refuses a loaded asset of other sizes than those of the loaded model."""
        value = getattr(task, self.name)
        for argument, attribute in self.sizes.items():
            size, found = model_config.get(argument), getattr(value, attribute, None)
            if not isinstance(size, int) or found is None:
                continue
            several = not isinstance(found, int)
            found = len(found) if several else found
            if found > size or several and found != size:
                raise SeqkitError(
                    f"{folder / self.file}: expected the one that belongs to "
                    f"model.keras, with {argument} {size}, found one with {found}"
                )


def assets_of(task: Any) -> list[asset]:
    """The assets that a task, or its class, declares, in order."""
    found = {}
    for cls in reversed((task if isinstance(task, type) else type(task)).__mro__):
        found |= {k: v for k, v in vars(cls).items() if isinstance(v, asset)}
    return list(found.values())
