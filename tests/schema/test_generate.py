"""The compiled descriptor is what proto/attention.proto compiles to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_attention import schema
from tb_attention.schema import generate


def test_the_descriptor_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("grpc_tools")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    assert generate.main() == 0
    here = Path(schema.__file__).parent
    for name in ("attention.binpb", "__init__.pyi"):
        assert (tmp_path / name).read_bytes() == (here / name).read_bytes(), (
            f"run `make gen`: {name} is out of date"
        )


def test_a_message_keeps_its_bytes() -> None:
    """Bytes of version 1, pinned: field numbers and types must never change."""
    data = schema.AttentionPluginData(
        version=1, capture=schema.Capture(session="s", model="m", kind="probe", metrics=["entropy"])
    )
    assert data.SerializeToString().hex() == "08011a160a017312016d1a0570726f62653207656e74726f7079"
