"""The plugin through WSGI, in this process."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load
from tensorboard.backend import application
from tensorboard.plugins import base_plugin
from werkzeug.test import Client, TestResponse

from tb_attention.plugin.plugin import AttentionPlugin

PREFIX = "/data/plugin/attention"
CAPTURE = "run=run&tag=probe&step=0"


def flags(**values: Any) -> argparse.Namespace:
    given = {
        "logdir": "",
        "logdir_spec": "",
        "path_prefix": "",
        "samples_per_plugin": {},
        "purge_orphaned_data": True,
        **values,
    }
    return argparse.Namespace(**given)


def plugin_of(logdir: Path | str, **values: Any) -> AttentionPlugin:
    return AttentionPlugin(
        base_plugin.TBContext(flags=flags(logdir=str(logdir), **values), logdir=str(logdir))
    )


def client_of(plugin: base_plugin.TBPlugin, path_prefix: str = "") -> Client:
    """The plugin's routes as TensorBoard puts them together, with its middleware."""
    return Client(application.TensorBoardWSGI([plugin], path_prefix))


def get(client: Client, route: str, **options: Any) -> TestResponse:
    return client.get(f"{PREFIX}/{route}", **options)


def known(client: Client) -> dict[str, Any]:
    """The answer of `runs`, which has read the log directory."""
    answer = get(client, "runs").get_json()
    assert not answer["loading"]
    return answer


def tensors(response: TestResponse) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and metadata, by safetensors' own reader."""
    assert response.status_code == 200, response.text
    assert response.content_type == "application/octet-stream"
    length = int.from_bytes(response.data[:8], "little")
    assert (8 + length) % 8 == 0, "arrays are aligned"
    header = json.loads(response.data[8 : 8 + length])
    return load(response.data), {
        name: json.loads(value) for name, value in header.get("__metadata__", {}).items()
    }
