"""The public names: each imports by itself in a fresh interpreter, most of them without torch."""

from __future__ import annotations

import pytest

import tb_attention
from tests.support.interpreter import printed

FRAMEWORKS = ("torch", "transformers", "lightning", "tensorflow", "jax")
NEED_TORCH = {"AttentionCallback", "LightningAttentionCallback"}


@pytest.mark.parametrize("name", tb_attention.__all__)
def test_a_name_imports_by_itself(name: str) -> None:
    code = f"""
import sys
from tb_attention import {name}
print({name}.__module__, *({{*{FRAMEWORKS}}} & {{*sys.modules}}))
"""
    module, *frameworks = printed(code)
    assert module.startswith("tb_attention.")
    assert not frameworks or name in NEED_TORCH


def test_an_asterisk_imports_all_of_them_and_nothing_else() -> None:
    code = """
names = {}
exec("from tb_attention import *", names)
print(*names.keys() - {"__builtins__"})
"""
    assert sorted(printed(code)) == sorted(tb_attention.__all__)
    assert set(tb_attention.__all__) < set(dir(tb_attention))


def test_without_frameworks_all_names_import_that_do_not_need_them() -> None:
    code = f"""
import sys
sys.modules |= dict.fromkeys({FRAMEWORKS})
import tb_attention
for name in tb_attention.__all__:
    try:
        getattr(tb_attention, name)
    except ImportError:
        continue
    print(name)
"""
    assert set(printed(code)) == set(tb_attention.__all__) - NEED_TORCH


def test_there_is_no_other_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'AttentionLoger'"):
        tb_attention.AttentionLoger  # noqa: B018
