"""The disk format, held literally: a change here makes old logs unreadable."""

from __future__ import annotations

import os
import re
import socket

from tensorboard.summary.writer import record_writer

from tb_attention import schema
from tb_attention.plugin.loader import AttentionLoader
from tb_attention.record import tfrecord


def test_a_record_is_framed_as_tensorboard_does_it() -> None:
    for payload in (b"", b"\x10\x01", b"x" * 1000):
        framed = tfrecord.framed(payload)
        length, crc = tfrecord.HEADER.unpack_from(framed)
        assert (length, crc) == (len(payload), record_writer.masked_crc32c(framed[:8]))
        assert framed[tfrecord.HEADER.size : -tfrecord.FOOTER.size] == payload
        (crc,) = tfrecord.FOOTER.unpack(framed[-tfrecord.FOOTER.size :])
        assert crc == record_writer.masked_crc32c(payload)


def test_names_of_files_and_directories() -> None:
    assert tfrecord.DIRECTORY == ("plugins", "attention")
    place = rf"\d{{10}}\.{re.escape(socket.gethostname())}\.{os.getpid()}\.\d+"
    record, event = tfrecord.RECORD_FILES.new(), tfrecord.EVENT_FILES.new()
    assert re.fullmatch(rf"attention\.{place}\.tfrecord", record)
    assert re.fullmatch(rf"events\.out\.tfevents\.{place}", event)
    assert tfrecord.is_record_file(record) and not tfrecord.is_record_file(event)
    assert tfrecord.is_event_file(event) and not tfrecord.is_event_file(record)
    assert tfrecord.RECORD_FILES.new() != record
    names = [record, event, "events.out.tfevents.1700000000.another.1.0", "notes.txt"]
    assert tfrecord.event_files_of_this_process(names) == {event}


def test_names_of_tensors() -> None:
    layers = [
        schema.Layer(layer=0, mask=1, bias=0),
        schema.Layer(layer=2, mask=0),
        schema.Layer(layer=3, weights_only=True, mask=1),
    ]
    stack = schema.Stack(name="decoder", layers=layers)
    assert tfrecord.tensor_names("a/b", schema.Capture(stacks=[stack])) == [
        "a/b/decoder/0/query",
        "a/b/decoder/0/key",
        "a/b/decoder/2/query",
        "a/b/decoder/2/key",
        "a/b/decoder/3/weights",
        "a/b/decoder/mask/0",
        "a/b/decoder/mask/1",
        "a/b/decoder/bias/0",
        "a/b/decoder/thumbnails",
    ]


def test_the_loader_which_imports_nothing_knows_the_name() -> None:
    class Flags:
        samples_per_plugin: dict[str, int] = {}  # noqa: RUF012

    flags = Flags()
    AttentionLoader().fix_flags(flags)
    assert flags.samples_per_plugin == {tfrecord.PLUGIN_NAME: 1}
