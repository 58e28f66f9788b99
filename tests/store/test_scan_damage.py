"""The scanner on files that grow, end early or are damaged."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.summary.writer.record_writer import masked_crc32c

from tb_attention.store.records import payload_is_intact
from tb_attention.store.scan import Scanner
from tests.support.logs import capture, events
from tests.support.scanned import BLOCK, counted, reader, recorded, scanned, varint


def test_a_file_that_grows_byte_by_byte_reads_like_a_whole_one() -> None:
    data = recorded(*(event.SerializeToString() for step in range(3) for event in events(step)))
    whole = scanned(data)
    for chunk in (7, 101, 1009):
        scanner, rows = Scanner(), []
        for size in [*range(0, len(data), chunk), len(data)]:
            rows += scanned(data[:size], scanner)
            assert not scanner.corrupt and not scanner.stuck
        assert rows == whole


def test_every_torn_end_waits() -> None:
    first, second = (
        recorded(event.SerializeToString()) for event in events(of=capture(2, layers=1))
    )
    for size in range(len(second)):
        scanner = Scanner()
        assert scanned(first + second[:size], scanner) == scanned(first)
        assert (scanner.position, scanner.corrupt, scanner.stuck) == (len(first), 0, False)
        assert scanned(first + second, scanner) == scanned(second)


def test_a_damaged_length_stops_until_it_is_whole() -> None:
    records = [recorded(event.SerializeToString()) for event in events()]
    broken = bytearray(b"".join(records))
    broken[len(records[0]) + 3] ^= 1
    scanner = Scanner()
    assert scanned(bytes(broken), scanner) == scanned(records[0])
    assert scanner.stuck
    assert scanned(b"".join(records), scanner) == scanned(b"".join(records[1:]))
    assert not scanner.stuck


@pytest.mark.parametrize(
    "payload",
    [
        b"\x2a\x7f\n\tattention",
        b"\xff" * 12 + b"\n\tattention",
        b"\x2b\n\tattention",
        b"\x2a\x0d\x0a\x0bJ\t\n\tattention",
    ],
)
def test_a_record_that_is_no_event_is_counted_and_passed(payload: bytes) -> None:
    last = events()[-1].SerializeToString()
    scanner = Scanner()
    assert scanned(recorded(payload, last), scanner) == scanned(recorded(last))
    assert scanner.corrupt == 1


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_flipped_bits_never_raise(data: st.DataObject) -> None:
    whole = recorded(
        *(
            event.SerializeToString()
            for event in events(of=capture(2, layers=1, heads=1, key_heads=1, neurons=2))
        )
    )
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole)
    broken[place] ^= 1 << data.draw(st.integers(0, 7))
    read = reader(bytes(broken))
    found = list(Scanner().scan(read, len(broken), 16))
    intact = [payload_is_intact(read, record) for record in found]
    assert len(found) < 2 or not all(intact)


def test_a_description_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    size = 10 * 2**30
    head = b"\x4a" + varint(size)
    head = b"\x2a" + varint(len(head) + size + 6) + b"\x0a" + varint(len(head) + size) + head
    path, length = tmp_path / "sparse.tfrecord", struct.pack("<Q", len(head) + size)
    with path.open("wb") as file:
        file.write(length + struct.pack("<I", masked_crc32c(length)) + head)
        file.seek(size + 4, io.SEEK_CUR)
        file.write(recorded(events()[-1].SerializeToString()))
    with counted(path) as (read, total):
        scanner = Scanner()
        assert len(list(scanner.scan(read, path.stat().st_size, BLOCK))) == 1
        assert scanner.corrupt == 1
        assert total() < 10 * BLOCK
