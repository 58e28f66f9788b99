"""The cache: never more bytes than allowed, least recently used first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tb_attention.store.cache import ByteCache


def get(cache: ByteCache, key: int, size: int, made: list[int]) -> bytes:
    def make() -> bytes:
        made.append(key)
        return bytes([key]) * size

    return cache.get(key, make, len)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60)), max_size=60))
def test_it_never_holds_more_than_its_limit(asked: list[tuple[int, int]]) -> None:
    cache = ByteCache(100)
    for key, size in asked:
        assert set(get(cache, key, size, [])) <= {key}
        assert cache.bytes <= 100


def test_least_recently_used_goes_first() -> None:
    cache, made = ByteCache(100), []
    for key in (1, 2, 1, 3, 1, 2):
        get(cache, key, 40, made)
    assert made == [1, 2, 3, 2]


def test_what_is_larger_than_the_limit_is_made_each_time_and_drives_nothing_out() -> None:
    cache, made = ByteCache(100), []
    for key, size in ((1, 40), (2, 101), (2, 101), (1, 40)):
        assert len(get(cache, key, size, made)) == size
    assert made == [1, 2, 2]
