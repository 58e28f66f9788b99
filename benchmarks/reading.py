"""Figures of the reading side, in one run on Linux.

    python benchmarks/reading.py

Takes a minute, and 1 GB for temporary files. Memory is the peak resident size of the process that
answers, with Python, numpy and protobuf in it.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2

from tb_attention.answers.answer import Arrays
from tb_attention.answers.metrics import answer_metrics
from tb_attention.answers.runs import answer_runs
from tb_attention.answers.types import answer_types
from tb_attention.answers.weights import answer_weights
from tb_attention.attention.head_metrics import METRIC_NAMES
from tb_attention.attention.layer import AttentionLayer
from tb_attention.record.capture import Capture, Stack, TokenSequence
from tb_attention.record.message import parse_plugin_data
from tb_attention.record.summary import capture_events, overview_value
from tb_attention.record.tfrecord import FOOTER, framed, masked_crc32c
from tb_attention.store.index import Index
from tb_attention.store.logdir import Root
from tb_attention.store.store import Store

CAPTURES, LAYERS, HEADS, TOKENS, NEURONS = 1000, 12, 12, 1024, 64


def capture(tokens: int, heads: int = HEADS, layers: int = LAYERS) -> Capture:
    """A capture of random queries and keys."""
    random = np.random.default_rng(0)

    def vectors() -> np.ndarray:
        return random.standard_normal((heads, tokens, NEURONS), dtype=np.float32)

    stack = {
        layer: AttentionLayer(query=vectors(), key=vectors(), scale=NEURONS**-0.5)
        for layer in range(layers)
    }
    sequence = TokenSequence(
        tokens=tuple(b" token" for _ in range(tokens)), ids=tuple(range(tokens))
    )
    return Capture("benchmark", (sequence,), (Stack("decoder", stack),))


def varint(number: int) -> bytes:
    """The number as protobuf writes it."""
    parts = []
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def sparse_layer(tag: str, step: int, size: int) -> list[bytes | int]:
    """The record of a layer whose query and key have `size` bytes each.

    Returns:
        Bytes to write, and numbers of zero bytes to leave out.
    """
    shape = [HEADS, size // 2 // HEADS // NEURONS, NEURONS]
    dims = tensor_shape_pb2.TensorShapeProto(
        dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=length) for length in shape]
    )
    tensor = (
        tensor_pb2.TensorProto(dtype=types_pb2.DT_HALF, tensor_shape=dims).SerializeToString()
        + b"\x22"
        + varint(size)
    )
    metadata = summary_pb2.SummaryMetadata(data_class=summary_pb2.DATA_CLASS_UNKNOWN)
    metadata.plugin_data.plugin_name = "attention"
    described = metadata.SerializeToString()
    values: list[bytes | int] = []
    length = 0
    for kind in ("query", "key"):
        name = f"{tag}/{kind}".encode()
        before = b"\x0a" + varint(len(name)) + name + b"\x42" + varint(len(tensor) + size) + tensor
        after = b"\x4a" + varint(len(described)) + described
        whole = len(before) + size + len(after)
        head = b"\x0a" + varint(whole)
        values += [head + before, size, after]
        length += len(head) + whole
    event = (
        event_pb2.Event(step=step, wall_time=1.7e9 + step).SerializeToString()
        + b"\x2a"
        + varint(length)
    )
    header = (len(event) + length).to_bytes(8, "little")
    return [header + FOOTER.pack(masked_crc32c(header)) + event, *values, bytes(FOOTER.size)]


def sparse_run(directory: Path, total: int) -> int:
    """Writes CAPTURES captures whose files have about `total` bytes, nearly all of them holes.

    Returns:
        The number of bytes.
    """
    tokens = total // CAPTURES // LAYERS // 2 // (2 * HEADS * NEURONS)
    size = tokens * 2 * HEADS * NEURONS
    *_, commit = capture_events(
        capture(TOKENS), tag="probe", step=0, wall_time=0, session="benchmark"
    )
    describe_tokens(commit, tokens)
    path = recorded(directory)
    with path.open("wb") as file:
        for step in range(CAPTURES):
            for layer in range(LAYERS):
                for part in sparse_layer(f"probe/decoder/{layer}", step, size):
                    file.seek(part, os.SEEK_CUR) if isinstance(part, int) else file.write(part)
            commit.step, commit.wall_time = step, 1.7e9 + step
            file.write(framed(commit.SerializeToString()))
    return path.stat().st_size


def describe_tokens(commit: event_pb2.Event, tokens: int) -> None:
    """Makes the description one of as many tokens as the queries and keys have."""
    plugin_data = commit.summary.value[0].metadata.plugin_data
    data = parse_plugin_data(plugin_data.content)
    (sequence,) = data.capture.sequences
    sequence.tokens[:] = [b" token"] * tokens
    sequence.ids[:] = range(tokens)
    plugin_data.content = data.SerializeToString()


def first_answer(directory: str) -> None:
    """Runs in a process of its own: opens the log directory and answers the first question."""
    started, used = time.perf_counter(), time.process_time()
    index = Index([Root(directory)])
    index.refresh()
    answer = json.loads(json.dumps(answer_runs(Store(index))))
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    # Not getrusage, whose peak a child process takes over from its parent.
    memory = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
    steps = len(answer["runs"][0]["tags"][0]["steps"])
    print(
        f"  first answer, {steps:,} captures x {LAYERS} layers: {seconds:.2f} s ({cpu:.2f} s of "
        f"CPU), {memory:.0f} MB",
        flush=True,
    )


def plain_weights(query: np.ndarray, key: np.ndarray, scale: float) -> np.ndarray:
    """Causal attention weights float32, of float16 queries and keys by plain numpy."""
    scores = query.astype(np.float32) @ key.astype(np.float32).transpose(0, 2, 1)
    scores *= scale
    scores[:, ~np.tri(scores.shape[1], dtype=bool)] = -np.inf
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def layer_weights(directory: Path) -> None:
    """One layer of a capture of 1,024 tokens.

    From the file to the answer, everything new, / numpy on arrays in memory.
    """
    made = capture(TOKENS, layers=1)
    with recorded(directory / "weights").open("wb") as file:
        for event in capture_events(made, tag="probe", step=0, wall_time=0, session="benchmark"):
            file.write(framed(event.SerializeToString()))
    index = Index([Root(str(directory / "weights"))])
    index.refresh()
    layer = made.stacks[0].layers[0]
    query, key = layer.query.astype(np.float16), layer.key.astype(np.float16)

    def ours(dtype: str, head: int | None = None) -> np.ndarray:
        store = Store(index)
        answer = answer_weights(store, store.find("run", "probe", 0), None, 0, head, dtype)
        if isinstance(answer, Arrays):
            return answer.arrays["weights"]
        return np.concatenate([part.ravel() for part in answer.parts()]).reshape(answer.shape)

    assert np.allclose(ours("float32"), plain_weights(query, key, layer.scale), atol=1e-5)
    jobs: dict[str, Callable[[], object]] = {
        "numpy": lambda: plain_weights(query, key, layer.scale),
        "float32": lambda: ours("float32"),
        "float16": lambda: ours("float16"),
        "uint8": lambda: ours("uint8"),
        "one head, float32": lambda: ours("float32", 5),
    }
    seconds = medians(jobs, 9)
    print(f"  numpy: {seconds['numpy'] * 1e3:.0f} ms")
    for name, ours_seconds in list(seconds.items())[1:]:
        print(
            f"  {name}: {ours_seconds * 1e3:.0f} ms = {ours_seconds / seconds['numpy']:.2f} of "
            "numpy"
        )


def medians(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each job.

    The jobs take turns, so that other load on the machine meets all of them.
    """
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


def mixed_file(directory: Path) -> None:
    """An event file of 200,000 scalars with 20 captures between them, as with inline logging."""
    scalar = framed(
        event_pb2.Event(
            step=1, summary=summary_pb2.Summary(value=[{"tag": "loss", "simple_value": 1}])
        ).SerializeToString()
    )
    written = [framed(event.SerializeToString()) for event in capture_events(
        capture(64), tag="probe", step=0, wall_time=0, session="benchmark"
    )]  # fmt: skip
    path = directory / "mixed" / "events.out.tfevents.0.host"
    path.parent.mkdir()
    with path.open("wb") as file:
        for _ in range(20):
            file.write(scalar * 10_000)
            file.writelines(written)
    seconds = medians({"scan": lambda: Index([Root(str(path.parent))]).refresh()}, 3)["scan"]
    print(f"  {path.stat().st_size / 1e6:.0f} MB: {seconds:.2f} s")


def head_metrics(directory: Path) -> None:
    """The head metrics of all steps.

    From the record file to arrays on the other side, / numpy on the same bytes in one file.
    """
    index = Index([Root(str(directory / "sparse"))])
    index.refresh()

    def answer(store: Store) -> bytes:
        found = answer_metrics(store, store.steps("run", "probe"))
        return save({name: np.ascontiguousarray(array) for name, array in found.arrays.items()})

    plain = directory / "metrics.bin"
    plain.write_bytes(answer(Store(index)))
    known = Store(index)
    jobs: dict[str, Callable[[], object]] = {
        "numpy": lambda: np.fromfile(plain, np.float32).copy(),
        "the first time": lambda: load(answer(Store(index))),
        "again, as when a run has grown": lambda: load(answer(known)),
        "types and their lives": lambda: answer_types(known, known.steps("run", "probe")),
    }
    seconds = medians(jobs, 5)
    print(f"  {plain.stat().st_size / 1e6:.0f} MB; numpy: {seconds['numpy'] * 1e3:.1f} ms")
    for name, ours in list(seconds.items())[1:]:
        print(f"  {name}: {ours * 1e3:.0f} ms = {ours / seconds['numpy']:.0f} x numpy")


def start_of_tensorboard(directory: Path) -> None:
    """Seconds until TensorBoard answers which plugins have data.

    With the record files of `directory` and without them.
    """
    without = directory.parent / "without"
    (without / "run").mkdir(parents=True)
    *_, commit = capture_events(capture(64), tag="probe", step=0, wall_time=0, session="benchmark")
    small = event_pb2.Event(
        step=0, wall_time=1.7e9, summary=summary_pb2.Summary(value=[overview_value(commit)])
    )
    for run in (directory / "run", without / "run"):
        (run / "events.out.tfevents.0.host").write_bytes(
            framed(small.SerializeToString()) * CAPTURES
        )
    jobs = {"with": lambda: started(directory), "without": lambda: started(without)}
    seconds = medians(jobs, 5)
    print(
        f"  {seconds['with']:.2f} s / {seconds['without']:.2f} s = "
        f"{seconds['with'] / seconds['without']:.2f}"
    )


def started(logdir: Path) -> None:
    """Starts TensorBoard, waits for its first answer, and ends it."""
    command = [
        sys.executable,
        "-m",
        "tensorboard.main",
        "--port=0",
        "--host=localhost",
        f"--logdir={logdir}",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = next(
            found[0]
            for line in process.stderr
            if (found := re.search(r"http://localhost:\d+/", line))
        )
        with urllib.request.urlopen(f"{address}data/plugins_listing") as response:
            assert "attention" in json.load(response), (
                "the entry point of tb-attention is not installed"
            )
        process.terminate()


def recorded(directory: Path) -> Path:
    """The path of a record file of the run `run`, whose directory it makes."""
    path = directory / "run" / "plugins" / "attention" / "attention.0.host.0.0.tfrecord"
    path.parent.mkdir(parents=True)
    return path


def main() -> None:
    """Everything in one run."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        print(
            f"A log directory of {sparse_run(directory / 'sparse', 100 * 10**9) / 1e9:.0f} GB, "
            "nearly all of it holes:"
        )
        for _ in range(3):
            subprocess.run([sys.executable, __file__, str(directory / "sparse")], check=True)
        print("Start of TensorBoard on it / on the same without record files:")
        start_of_tensorboard(directory / "sparse")
        print(
            f"Head metrics of {CAPTURES:,} steps x {LAYERS * HEADS} heads x {len(METRIC_NAMES)} "
            "metrics:"
        )
        head_metrics(directory)
        print(f"Weights of a layer, {HEADS} heads, {TOKENS:,} tokens, from the file to the answer:")
        layer_weights(directory)
        print("An event file of 200,000 scalars and 20 captures:")
        mixed_file(directory)


if __name__ == "__main__":
    first_answer(sys.argv[1]) if len(sys.argv) > 1 else main()
