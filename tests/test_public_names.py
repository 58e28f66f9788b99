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


WITHOUT = f"""
import sys
sys.modules |= dict.fromkeys(({FRAMEWORKS!r}) + ("pytorch_lightning",))
"""


def test_without_frameworks_an_asterisk_pydoc_and_inspect_work() -> None:
    code = f"""{WITHOUT}
import inspect, pydoc
from tb_attention import *
import tb_attention
assert set(tb_attention.__all__) <= set(dir(tb_attention)) & globals().keys()
assert set(tb_attention.__all__) <= {{name for name, _ in inspect.getmembers(tb_attention)}}
page = pydoc.render_doc(tb_attention)
print(*(name for name in tb_attention.__all__ if name not in page))
"""
    assert printed(code) == []


@pytest.mark.parametrize(
    ("name", "install"),
    [
        ("AttentionCallback", "pip install 'tb-attention[torch]'"),
        ("LightningAttentionCallback", "pip install 'tb-attention[torch]' lightning"),
    ],
)
def test_what_needs_a_framework_says_how_to_install_it(name: str, install: str) -> None:
    code = f"""{WITHOUT}
from tb_attention import {name}
try:
    {name}({{"doctor": "The doctor"}}, every=10)
except ImportError as error:
    print(error)
"""
    said = " ".join(printed(code))
    assert said.startswith(f"{name} needs ") and install in said


def test_there_is_no_other_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'AttentionLoger'"):
        tb_attention.AttentionLoger  # noqa: B018
