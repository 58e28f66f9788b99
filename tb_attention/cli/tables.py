"""Writes arrays by name as .npz or .safetensors, and rows of a table as .csv."""

from __future__ import annotations

import csv
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file

from tb_attention.answers.json_text import json_text
from tb_attention.errors import InvalidInput

Named = Iterable[tuple[str, npt.NDArray[Any]]]

_FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n]")
"""What a spreadsheet would take for a formula.

Also behind spaces and in the full width of East Asian text.
"""
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write_npz(path: Path, arrays: Named, about: Mapping[str, Any]) -> None:
    """Writes arrays for numpy.load; one after the other is held in memory.

    about: becomes the text `about`, JSON.
    """
    with _whole(path) as part, zipfile.ZipFile(part, "w") as file:
        for name, array in itertools.chain(
            [("about", np.array(json_text(about, ascii_only=True)))], arrays
        ):
            with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def write_safetensors(path: Path, arrays: Named, about: Mapping[str, Any]) -> None:
    """Writes arrays as safetensors; all are held in memory.

    about: becomes metadata, each value JSON.
    """
    with _whole(path) as part:
        tensors = {name: np.ascontiguousarray(array) for name, array in arrays}
        save_file(tensors, part, metadata={name: json_text(value) for name, value in about.items()})


def write_csv(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | int | np.float32]]
) -> None:
    """Writes a table as RFC 4180 has it, safe to open in a spreadsheet.

    Text that looks like a formula gets an apostrophe before it.
    """
    with _whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(columns)
        for row in rows:
            # A float32 as the shortest text that is read back as the same.
            table.writerow([_cell(value) if isinstance(value, str) else value for value in row])


def _cell(text: str) -> str:
    visible = _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return f"'{visible}" if _FORMULA.match(visible) else visible


ARRAYS = {".npz": write_npz, ".safetensors": write_safetensors}
"""Ending of a file -> what writes arrays to it."""


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Yields another file, which takes the place of `path` when it is whole.

    Raises:
        InvalidInput: it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be written ({error.strerror or error}): give another file by -o."
        ) from error
    finally:
        part.unlink(missing_ok=True)
