"""The loader of the plugin, and what it imports."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tensorboard.plugins import base_plugin

from tb_attention.files.local import LocalFiles
from tb_attention.plugin.loader import AttentionLoader
from tb_attention.plugin.plugin import AttentionPlugin
from tb_attention.store.store import CACHED
from tests.support.plugins import CAPTURE, client_of, flags, get, known, plugin_of, tensors


def test_the_loader(logdir: Path) -> None:
    parser = argparse.ArgumentParser()
    loader = AttentionLoader()
    loader.define_flags(parser)
    assert vars(parser.parse_args([])) == {"attention_cache_mb": CACHED >> 20}
    given = flags(samples_per_plugin={"images": 5})
    loader.fix_flags(given)
    assert given.samples_per_plugin == {"images": 5, "attention": 1}
    given = flags(samples_per_plugin={"attention": 7})
    loader.fix_flags(given)
    assert given.samples_per_plugin == {"attention": 7}
    loader.fix_flags(argparse.Namespace())
    assert isinstance(
        loader.load(base_plugin.TBContext(flags=flags(logdir=str(logdir)))), AttentionPlugin
    )


@pytest.mark.parametrize(("given", "read_again"), [({}, False), ({"attention_cache_mb": 0}, True)])
def test_the_flag_bounds_what_is_kept(
    logdir: Path, given: dict[str, int], read_again: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(plugin_of(logdir, **given))
    known(client)
    url, opened, plainly = f"weights?{CAPTURE}&layer=0", [], LocalFiles.open
    first = tensors(get(client, url))[0]["weights"]
    monkeypatch.setattr(
        LocalFiles, "open", lambda self, path: opened.append(path) or plainly(self, path)
    )
    np.testing.assert_array_equal(tensors(get(client, url))[0]["weights"], first)
    assert bool(opened) == read_again


def test_what_is_imported() -> None:
    """The loader imports nothing heavy, the whole plugin no model framework."""
    code = "import sys, tb_attention.plugin.{}; print([name for name in {} if name in sys.modules])"
    for module, forbidden in (
        (
            "loader",
            [
                "numpy",
                "torch",
                "transformers",
                "tensorflow",
                "jax",
                "google.protobuf",
                "tb_attention.store",
                "safetensors",
            ],
        ),
        (
            "plugin",
            [
                "torch",
                "transformers",
                "tensorflow",
                "jax",
                "tb_attention.capture",
                "tb_attention.log.logger",
            ],
        ),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code.format(module, forbidden)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "[]\n"
