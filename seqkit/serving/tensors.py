"""Tensors as JSON, in the form of TensorFlow Serving.

https://www.tensorflow.org/tfx/serving/api_rest
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from seqkit.options.options import brief
from seqkit.serving.refusals import Refused

_ENDLESS = (float("inf"), -float("inf"))
Check = Callable[[Any], None]


def read_tensors(
    values: Any, specs: Mapping[str, Any], check: Check
) -> tuple[dict[str, np.ndarray], bool]:
    """The arrays of a request by name, and whether it is in row form.

    Args:
        values: Its JSON, with `instances` (rows) or `inputs` (columns).
        specs: Name to `tf.TensorSpec`.
        check: Called with each string of bytes; raises `Refused`.

    Raises:
        Refused: The request does not fit (400).
    """
    if "instances" in values and "inputs" in values:
        raise _wrong("expected only one of 'inputs' or 'instances' keys to exist")
    if "instances" in values:
        arrays = _rows(values["instances"], specs, check)
    elif "inputs" in values:
        arrays = _columns(values["inputs"], specs, check)
    else:
        raise _wrong("Missing 'inputs' or 'instances' key")
    for name, array in arrays.items():
        if not specs[name].shape.is_compatible_with(array.shape):
            raise _wrong(
                f"input {name}: expected the shape {specs[name].shape}, found "
                f"{list(array.shape)}"
            )
    return arrays, "instances" in values


def _rows(rows: Any, specs: Mapping[str, Any], check: Check) -> dict[str, np.ndarray]:
    if not isinstance(rows, list):
        raise _wrong("expected 'instances' to be a list/array")
    if not rows:
        raise _wrong("No values in 'instances' array")
    named = _is_named(rows[0])
    if not named and len(specs) > 1:
        raise _wrong(
            "instances is a plain list, but expecting list of objects as multiple "
            f"input tensors required: {', '.join(sorted(specs))}"
        )
    columns: dict[str, list] = {name: [] for name in specs}
    for number, row in enumerate(rows):
        what = f"Failed to process element: {number} of 'instances' list. "
        if named != _is_named(row):
            kinds = ("object", "value/list") if named else ("value/list", "object")
            raise _wrong(f"{what}Expecting {kinds[0]} but got {kinds[1]}")
        if named and row.keys() != specs.keys():
            names = ",".join(sorted(specs))
            raise _wrong(f"{what}JSON object keys must be equal to: {names}")
        for name, column in columns.items():
            array = _array(row[name] if named else row, specs[name], check, what)
            if column and array.shape != column[0].shape:
                raise _wrong(
                    f"{what}Expecting shape {list(column[0].shape)} but got: "
                    f"{list(array.shape)}"
                )
            column.append(array)
    return {name: np.stack(column) for name, column in columns.items()}


def _columns(
    values: Any, specs: Mapping[str, Any], check: Check
) -> dict[str, np.ndarray]:
    if not _is_named(values):
        if len(specs) > 1:
            raise _wrong(
                "inputs is a plain value/list, but expecting an object as multiple "
                f"input tensors required: {', '.join(sorted(specs))}"
            )
        values = dict.fromkeys(specs, values)
    missing = sorted(specs.keys() - values.keys())
    if missing:
        raise _wrong(f"Missing named input: {', '.join(missing)} in 'inputs' object.")
    return {name: _array(values[name], spec, check, "") for name, spec in specs.items()}


def _is_named(value: Any) -> bool:
    """Whether a value is an object of inputs, and not of bytes in base64."""
    return isinstance(value, dict) and not _is_base64(value)


def _is_base64(value: Any) -> bool:
    return value.keys() == {"b64"} and isinstance(value["b64"], str)


def _array(value: Any, spec: Any, check: Check, what: str) -> np.ndarray:
    """An array of nested lists, all of which have the lengths of the first ones."""
    shape, first, leaves = [], value, []
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    dtype = spec.dtype.as_numpy_dtype
    read = _read_string if spec.dtype.name == "string" else _read_number

    def fill(part: Any, level: int) -> None:
        if level == len(shape):
            if isinstance(part, list):
                raise _wrong(f"{what}Encountered list at unexpected level: {level}")
            leaf = read(part, spec.dtype, what)
            if isinstance(leaf, bytes):
                check(leaf)
            leaves.append(leaf)
        elif not isinstance(part, list):
            raise _wrong(
                f"{what}JSON Value: {brief(part)} found at incorrect level: {level}"
            )
        elif len(part) != shape[level]:
            raise _wrong(
                f"{what}Encountered list at unexpected size: {len(part)} at level: "
                f"{level} expected size: {shape[level]}"
            )
        else:
            for one in part:
                fill(one, level + 1)

    fill(value, 0)
    array = np.empty(len(leaves), object if read is _read_string else dtype)
    array[:] = leaves
    return array.reshape(shape)


def _read_string(value: Any, dtype: Any, what: str) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace")
    if isinstance(value, dict) and _is_base64(value):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except (binascii.Error, ValueError):
            raise _wrong(f"{what}Unable to base64 decode") from None
    raise _wrong(
        f"{what}JSON Value: {brief(value)} is not of expected type: {dtype.name}"
    )


def _read_number(value: Any, dtype: Any, what: str) -> Any:
    kinds = bool if dtype.is_bool else int if dtype.is_integer else int | float
    good = isinstance(value, kinds) and isinstance(value, bool) == dtype.is_bool
    if good and not dtype.is_bool and value not in _ENDLESS and value == value:
        # Python compares its own numbers exactly, at any size.
        good = float(dtype.min) <= value <= float(dtype.max)
    if not good:
        raise _wrong(
            f"{what}JSON Value: {brief(value)} is not of expected type: {dtype.name}"
        )
    return value


def _wrong(message: str) -> Refused:
    return Refused(400, message)


def write_tensors(tensors: Mapping[str, Any], rows: bool) -> dict[str, Any]:
    """The JSON of an answer: `predictions` for rows, otherwise `outputs`.

    Raises:
        Refused: Rows were asked for of tensors that have not equally many.
    """
    arrays = {name: np.asarray(tensor) for name, tensor in sorted(tensors.items())}
    if not rows:
        found = {name: plain(array, name) for name, array in arrays.items()}
        return {"outputs": found if len(found) > 1 else next(iter(found.values()))}
    counts = {array.shape[:1] for array in arrays.values()}
    if len(counts) > 1 or () in counts:
        sizes = ", ".join(f"{name} {list(a.shape)}" for name, a in arrays.items())
        raise _wrong(
            f"the outputs have an inconsistent batch size: {sizes}. Ask for columns, "
            "with 'inputs' in place of 'instances'"
        )
    lists = {name: plain(array, name) for name, array in arrays.items()}
    if len(lists) == 1:
        return {"predictions": next(iter(lists.values()))}
    columns = zip(*lists.values(), strict=True)
    return {"predictions": [dict(zip(lists, row, strict=True)) for row in columns]}


def plain(array: np.ndarray, name: str) -> Any:
    """Nested lists of an array; names that end with `_bytes` become base64."""
    if array.dtype == np.float32 or array.dtype == np.float16:
        # As short as it can be, not with the digits of float64.
        array = array.astype(str).astype("float64")
    elif array.dtype.kind in "OS":
        coded = name.endswith("_bytes")
        write = _base64 if coded else lambda one: one.decode(errors="replace")
        flat = np.empty(array.size, object)
        flat[:] = [write(bytes(one)) for one in array.reshape(-1)]
        array = flat.reshape(array.shape)
    return array.tolist()


def _base64(one: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(one).decode()}
