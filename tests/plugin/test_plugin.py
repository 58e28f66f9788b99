"""The plugin as TensorBoard sees it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tensorboard.plugins import base_plugin
from werkzeug.test import Client

from tb_attention.plugin import plugin as plugin_module
from tb_attention.plugin.plugin import AttentionPlugin
from tests.support.logs import events, record_file, write
from tests.support.plugins import PREFIX, client_of, known, plugin_of


def test_a_log_directory_that_is_not_given(tmp_path: Path) -> None:
    for plugin in (
        plugin_of(""),
        AttentionPlugin(base_plugin.TBContext()),
        plugin_of("", grpc_data_provider="localhost:1"),
    ):
        client = client_of(plugin)
        answer = known(client)
        assert answer["runs"] == []
        assert answer["problems"][0]["problem"].startswith(
            "TensorBoard was started without a log directory"
        )
        assert not plugin.is_active()


def test_logdir_spec(logdir: Path) -> None:
    client = client_of(plugin_of("", logdir_spec=f"first:{logdir},{logdir}/run"))
    assert [run["run"] for run in known(client)["runs"]] == [".", "first/run"]


def test_a_log_directory_without_flags(logdir: Path) -> None:
    client = client_of(AttentionPlugin(base_plugin.TBContext(logdir=str(logdir))))
    assert [run["run"] for run in known(client)["runs"]] == ["run"]


def test_a_path_prefix(logdir: Path) -> None:
    client = client_of(plugin_of(logdir), "/tensor/board")
    assert client.get(f"/tensor/board{PREFIX}/runs").status_code == 200
    assert client.get(f"{PREFIX}/runs").status_code == 404


def test_active_as_soon_as_there_is_a_capture(tmp_path: Path) -> None:
    plugin = plugin_of(tmp_path)
    assert not plugin.is_active()
    write(record_file(tmp_path), events())
    assert plugin.is_active()


def test_whether_it_is_active_is_told_at_once(
    logdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(plugin_module.Index, "refresh", lambda self: gate.wait(60))
    assert not plugin_of(logdir).is_active()
    gate.set()


def test_what_the_first_picture_needs_is_made_ready_once_somebody_looks(tmp_path: Path) -> None:
    code = """
import sys, threading
from tensorboard.plugins import base_plugin
from tb_attention.plugin.plugin import AttentionPlugin
plugin = AttentionPlugin(base_plugin.TBContext(logdir=sys.argv[1]))
plugin.get_plugin_apps()
print("array_api_compat.numpy" in sys.modules)
plugin.is_active(), plugin.is_active()
preparing = [each for each in threading.enumerate() if each.name == "attention-prepare"]
for each in preparing:
    each.join()
print(len(preparing) <= 1, "array_api_compat.numpy" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["False", "True True"]
    assert not done.stderr


def test_the_entry_in_tensorboards_list(client: Client, logdir: Path) -> None:
    listing = client.get("/data/plugins_listing").get_json()
    assert listing["attention"]["tab_name"] == "Attention"
    assert listing["attention"]["enabled"] is True
    assert (
        listing["attention"]["loading_mechanism"]["module_path"]
        == "/data/plugin/attention/static/index.js"
    )
    assert tuple(plugin_of(logdir).data_plugin_names()) == ("attention",)
