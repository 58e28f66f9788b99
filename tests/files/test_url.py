"""What is taken for a URL, and how its paths are written."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

import pytest

from tb_attention.files.url import is_url, path_rules

URLS = ["s3://bucket/run", "gs://b", "memory://logs", "abfs+ssl://x/y", "simplecache::s3://b/run"]
PATHS = ["logs", "/logs/a://b", "C:\\logs", "C:/logs", "name:s3://bucket", "://x", "3s://b", ""]


@pytest.mark.parametrize("url", URLS)
def test_urls(url: str) -> None:
    assert is_url(url)
    assert path_rules(url) is posixpath


@pytest.mark.parametrize("path", [*PATHS, Path("/logs")])
def test_paths_of_this_machine(path: str | Path) -> None:
    assert not is_url(path)
    assert path_rules(os.fspath(path)) is os.path
