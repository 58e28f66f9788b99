"""URLs of log directories, such as s3://bucket/run, and what has to be installed for them.

They are read and written by TensorBoard's own file layer, which is TensorFlow's where that is
installed, else boto3 and fsspec. Every failure is an OSError.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PACKAGES = {
    "s3": "boto3",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "az": "adlfs",
    "hdfs": "pyarrow",
    "sftp": "paramiko",
}
"""Scheme -> what makes it known to TensorBoard's file layer, beside fsspec."""


_URL = re.compile(r"(?:[a-zA-Z][0-9a-zA-Z.+-]*::)*[a-zA-Z][0-9a-zA-Z.+-]*://")
"""A scheme, or several as fsspec chains them; TensorBoard takes the same for a URL."""


def is_url(path: str | os.PathLike[str]) -> bool:
    """Whether it is a URL and not a path of this machine."""
    return _URL.match(os.fspath(path)) is not None


def path_rules(path: str) -> Any:
    """The module for paths like this one: posixpath of a URL, os.path of this machine."""
    return posixpath if is_url(path) else os.path


def file_layer() -> Any:
    """TensorFlow's gfile, or TensorBoard's own stand-in for it."""
    # Imports TensorFlow where it is installed, so only a remote directory pays for it.
    from tensorboard.compat import tf

    return tf.io.gfile


def missing(url: str) -> str:
    """What to install where the file layer does not know the scheme of the URL.

    Half a sentence; empty where the scheme is known.
    """
    from tensorboard.compat import tf
    from tensorboard.compat.tensorflow_stub.io.gfile import get_filesystem

    if tf.__version__ != "stub":
        return ""  # TensorFlow reports it when it reads or writes
    scheme = url.partition("://")[0]
    try:
        get_filesystem(url)
    except (ImportError, ValueError) as error:
        if scheme in _PACKAGES:
            packages = _PACKAGES[scheme] if scheme == "s3" else f"fsspec {_PACKAGES[scheme]}"
            return f"{scheme}:// needs more: pip install {packages}"
        return f"{scheme}:// is not known ({error}): install fsspec and what it needs for {scheme}"
    return ""


@contextmanager
def as_os_error(path: str) -> Iterator[None]:
    """Each file layer raises errors of its own; here they become OSError."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{path}: {error}") from error
