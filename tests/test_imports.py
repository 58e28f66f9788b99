"""What may not be imported, in fresh interpreters: the reading side needs no model framework."""

from __future__ import annotations

import pkgutil

import tb_attention
from tests.support.interpreter import printed

FRAMEWORKS = ("torch", "transformers", "tensorflow", "jax")
NEEDS_TORCH = (
    "tb_attention.capture", "tb_attention.effects.", "tb_attention.integrations",
    "tb_attention.demo",
    "tb_attention.cli.capture", "tb_attention.cli.checkpoints", "tb_attention.cli.models",
)  # fmt: skip


def imported(statement: str, modules: tuple[str, ...]) -> list[str]:
    """Which of the modules a fresh interpreter has after the statement."""
    return printed(
        f"import sys\n{statement}\nprint(*[name for name in {modules!r} if name in sys.modules])"
    )


def test_the_reading_side_has_no_model_framework() -> None:
    everything = [
        module.name
        for module in pkgutil.walk_packages(
            tb_attention.__path__, "tb_attention.", onerror=lambda name: None
        )
    ]
    reading = [name for name in everything if not name.startswith(NEEDS_TORCH)]
    reading += ["tb_attention.effects.options"]
    assert {
        "tb_attention.plugin.plugin",
        "tb_attention.store.store",
        "tb_attention.log.logger",
        "tb_attention.log.record_file",
        "tb_attention.cli.inspect",
    } <= set(reading)
    assert imported("\n".join(f"import {name}" for name in reading), FRAMEWORKS) == []


def test_the_package_the_loader_and_the_command_import_nothing_heavy() -> None:
    heavy = (*FRAMEWORKS, "numpy", "google.protobuf", "safetensors", "werkzeug")
    assert imported("import tb_attention, tb_attention.cli.main", heavy) == []
    assert (
        imported(
            "import tb_attention.plugin.loader",
            (*FRAMEWORKS, "tb_attention.plugin.plugin", "safetensors"),
        )
        == []
    )


def test_the_check_can_fail() -> None:
    assert imported("import tb_attention.plugin.plugin", ("numpy",)) == ["numpy"]
    assert "torch" in imported("import tb_attention.capture", FRAMEWORKS)
