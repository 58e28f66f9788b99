"""The ways from a model's code to an attention function."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

import pytest

from tb_attention.capture import capture
from tests.support import kernels
from tests.support.attending import Attend, compared, helper, model_that
from tests.support.torch_models import IDS


def reached(kernel: Any) -> dict[str, Attend]:
    """The ways to a function."""
    direct = helper("def attend(module, q, k, v): return kernel(q, k, v)", kernel=kernel)
    deep = helper("def attend(module, q, k, v): return first.second.attend(module, q, k, v)")
    deep.first = types.SimpleNamespace(second=direct)
    table = helper("def attend(module, q, k, v): return TABLE['flash'](q, k, v)")
    table.TABLE = {"flash": kernel, "none": None}
    bound = functools.partial(kernel)
    partial = helper("def attend(module, q, k, v): return bound(q, k, v)", bound=bound)

    class Kernels:
        attention = staticmethod(kernel)

    held = helper("def attend(module, q, k, v): return Kernels.attention(q, k, v)", Kernels=Kernels)

    def enclosed(module: Any, q: Any, k: Any, v: Any) -> Any:
        return deep.attend(module, q, k, v)

    backend = helper(
        "class Backend:\n"
        "    def __init__(self): self.chosen = kernel\n"
        "    def by_name(self, *args): return kernel(*args)\n"
        "    def by_attribute(self, *args): return self.chosen(*args)",
        kernel=kernel,
    ).Backend()
    decorated = helper(
        "def plain(module, q, k, v): return kernel(q, k, v)\n"
        "@functools.wraps(plain)\n"
        "def attend(*args): return plain(*args)",
        functools=functools,
        kernel=kernel,
    )

    return {
        "a name in a helper": direct.attend,
        "a helper of a helper": deep.attend,
        "a table": table.attend,
        "a partial": partial.attend,
        "a class": held.attend,
        "what encloses a function": enclosed,
        "a method of an object": lambda module, q, k, v: backend.by_name(q, k, v),
        "an attribute of an object": lambda module, q, k, v: backend.by_attribute(q, k, v),
        "what is decorated": decorated.attend,
    }


WAYS = list(reached(kernels.flash_attn_func))


@pytest.mark.parametrize("way", WAYS)
def test_a_kernel_is_found_on_the_way(way: str) -> None:
    before = [reached(kernels.flash_attn_func)[way], vars(kernels).copy()]
    compared(capture(model_that(reached(kernels.flash_attn_func)[way]), IDS))
    assert vars(kernels) == before[1]


def test_names_in_a_package_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its modules that the model's code imports, and no other of its values."""
    package, inner = types.ModuleType("installed"), types.ModuleType("installed.ops")
    package.__file__ = "/somewhere/site-packages/installed/__init__.py"
    vars(package)["ops"], vars(inner)["flash_attn_func"] = inner, kernels.flash_attn_func
    monkeypatch.setitem(sys.modules, "installed", package)
    code = "def attend(module, q, k, v): return installed.ops.flash_attn_func(q, k, v)"
    model = model_that(helper(code, installed=package).attend)
    compared(capture(model, IDS))
    assert vars(inner)["flash_attn_func"] is kernels.flash_attn_func
