"""Labels for tokens that no tokenizer made, such as "patch 3,4" and "[CLS]"."""

from __future__ import annotations

from typing import Any

from tb_attention.record.capture import TokenSequence


def labels(
    name: str, count: int, image: tuple[int, int] | None = None, config: Any = None
) -> TokenSequence:
    """A sequence of `count` labels: row and column of image patches, else positions.

    Args:
        name: "encoder" or "decoder".
        count: number of tokens.
        image: height and width of the image; patches are labelled where they make a grid.
        config: of the image's part of the model; has the size of patches, and which tokens stand
            before them.
    """
    shown = None if image is None else _patches(count, image, config)
    shown = [str(position) for position in range(count)] if shown is None else shown
    special = tuple(label.startswith("[") for label in shown)
    return TokenSequence(
        tuple(label.encode() for label in shown), name=name, special=special if any(special) else ()
    )


def _patches(count: int, image: tuple[int, int], config: Any) -> list[str] | None:
    registers = int(getattr(config, "num_register_tokens", 0) or 0)
    before = ["[CLS]", *(f"[REG {number}]" for number in range(registers))]
    if getattr(config, "model_type", "") == "deit":
        before.append("[DIST]")
    for special in dict.fromkeys((0, 1, len(before))):
        if grid := _grid(count - special, image, config):
            return before[:special] + [
                f"patch {row},{column}" for row in range(grid[0]) for column in range(grid[1])
            ]
    return None


def _grid(count: int, image: tuple[int, int], config: Any) -> tuple[int, int] | None:
    """Rows and columns that make `count`.

    By the size of a patch; in a later stage of a pyramid as wide and high as the image. What has no
    patches has none, such as the queries of an image's summary.
    """
    height, width = image
    patch = getattr(config, "patch_size", None)
    sides = patch if isinstance(patch, list | tuple) else (patch, patch)
    if isinstance(sides[0], int) and height // sides[0] * (width // sides[-1]) == count > 0:
        return height // sides[0], width // sides[-1]
    if not isinstance(getattr(config, "depths", None), list | tuple):
        return None
    rows = round((count * height / width) ** 0.5) if count > 0 else 0
    if rows and rows * (count // rows) == count and rows * width == count // rows * height:
        return rows, count // rows
    return None
