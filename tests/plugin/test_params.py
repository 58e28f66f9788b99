"""The parameters of a request, hostile ones too."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_attention.errors import InvalidInput
from tb_attention.plugin.params import Parameters


@given(st.text(max_size=30), st.integers(-(10**18) + 1, 10**18 - 1))
def test_text_and_numbers_come_through(text: str, number: int) -> None:
    try:
        query = urlencode({"run": text, "step": number})
    except UnicodeEncodeError:  # half of a surrogate pair, which no URL can hold
        return
    parameters = Parameters(query.encode("latin-1"))
    assert parameters.text("run") == parameters.optional_text("run") == text
    assert parameters.integer("step") == parameters.optional_integer("step") == number


def test_bytes_that_are_not_encoded() -> None:
    assert Parameters("run=é ü".encode()).text("run") == "é ü"


def test_what_is_not_given() -> None:
    parameters = Parameters(b"")
    assert parameters.optional_text("run") is None
    assert parameters.optional_integer("head") is None
    assert parameters.choice("dtype", ("float32", "uint8"), "float32") == "float32"
    with pytest.raises(InvalidInput, match="The parameter run is missing"):
        parameters.text("run")
    with pytest.raises(InvalidInput, match="The parameter step is missing"):
        parameters.integer("step")


@pytest.mark.parametrize("query", ["step=1&step=1", "step=1&step=2", "step&step=1"])
def test_what_is_given_twice(query: str) -> None:
    with pytest.raises(InvalidInput, match="The parameter step is given more than once"):
        Parameters(query.encode("latin-1")).integer("step")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "1.0", "1e3", "NaN", "inf", "-inf", "0x10", "1_000", "+1", " 1", "1 ", "--1", "-",
        "١٢", "１", "1\x00", "1\n", "9" * 19, "9" * 5000, "None", "[]",
    ],
)  # fmt: skip
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(InvalidInput, match="The parameter step must be a whole number"):
        Parameters(b"step=" + quote(text).encode()).integer("step")


@pytest.mark.parametrize(
    "query",
    ["run=%ff%fe", "run=%c3", "%ff=1", "run=\xff", "&".join(f"p{place}=1" for place in range(60))],
)
def test_a_query_that_is_no_utf8_or_has_too_many_parameters(query: str) -> None:
    with pytest.raises(InvalidInput, match="no UTF-8 text, or too many"):
        Parameters(query.encode("latin-1"))


def test_a_choice() -> None:
    assert Parameters(b"dtype=uint8").choice("dtype", ("float32", "uint8"), "float32") == "uint8"
    for wrong in ("float64", "", "UINT8", "uint8%00"):
        with pytest.raises(InvalidInput, match="The parameter dtype must be one of float32, uint8"):
            Parameters(f"dtype={wrong}".encode()).choice("dtype", ("float32", "uint8"), "float32")


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_no_query_raises_anything_else(query: str) -> None:
    try:
        parameters = Parameters(query.encode("latin-1"))
        parameters.text("run")
        parameters.integer("step")
    except InvalidInput:
        pass
