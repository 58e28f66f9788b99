"""The arguments of the command tb-attention.

Imports nothing that a command needs, so that --help takes no time.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tb_attention import __version__

_LOGDIR = "what tensorboard --logdir is given"


def parser() -> argparse.ArgumentParser:
    """Parses into a namespace whose `command` is the name of the command."""
    made = argparse.ArgumentParser(
        prog="tb-attention", description="Attention in TensorBoard, across training steps."
    )
    made.add_argument("--version", action="version", version=f"tb-attention {__version__}")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demo(commands)
    _add_inspect(commands)
    _add_findings(commands)
    _add_capture(commands)
    _add_checkpoints(commands)
    _add_export(commands)
    _add_page(commands)
    return made


def _sentence(what: str) -> str:
    """As str.capitalize, with names such as GPT-2 as they are."""
    return what[:1].upper() + what[1:]


def _add_demo(commands: Any) -> None:
    what = "train three small GPT-2s on the CPU, log their attention, and show it in TensorBoard"
    demo = commands.add_parser("demo", help=what, description=_sentence(what) + ".")
    demo.add_argument(
        "--logdir",
        type=Path,
        default=Path("logs", "demo"),
        help="where the runs are written (default: %(default)s)",
    )
    demo.add_argument(
        "--steps", type=int, help="training steps of each run (default: 300; 60 with --model)"
    )
    demo.add_argument(
        "--model",
        metavar="NAME",
        help="fine-tune this pretrained model instead: gpt2 or another name on a hub, a path, or "
        "smollm2 where its package is installed",
    )
    demo.add_argument("--no-serve", action="store_true", help="do not start TensorBoard afterwards")
    demo.add_argument(
        "--port", type=int, help="port of TensorBoard (default: the first free one from 6006)"
    )


def _add_inspect(commands: Any) -> None:
    what = "list the runs, probes, steps and sizes in a log directory"
    inspect = commands.add_parser(
        "inspect", help=what, description=_sentence(what) + ", and what in it cannot be shown."
    )
    inspect.add_argument("directory", metavar="DIR", help=_LOGDIR)
    inspect.add_argument("--json", action="store_true", help="print JSON, for scripts")


def _add_findings(commands: Any) -> None:
    what = "print what the Overview finds worth looking at"
    more = "heads of known types, what moved and what did not, numbers that went wrong"
    findings = commands.add_parser("findings", help=what, description=f"{_sentence(what)}: {more}.")
    findings.add_argument("directory", metavar="DIR", help=_LOGDIR)
    findings.add_argument("--run", help="default: all")
    findings.add_argument("--tag", help="default: all")
    findings.add_argument("--json", action="store_true", help="print JSON, for scripts")


def _add_capture(commands: Any) -> None:
    what = "log the attention of a saved model on one text"
    capture = commands.add_parser("capture", help=what, description=_sentence(what) + ".")
    capture.add_argument(
        "--model",
        metavar="NAME_OR_PATH",
        required=True,
        help="a path, a name on a hub, or name@revision",
    )
    capture.add_argument("--text", required=True, help="what the model reads")
    capture.add_argument("--tag", help="name of the probe (default: the first words of the text)")
    capture.add_argument(
        "--step",
        type=int,
        default=0,
        help="training step that it is shown at (default: %(default)s)",
    )
    capture.add_argument(
        "--tokenizer",
        metavar="NAME_OR_PATH",
        help="another tokenizer than the one saved with the model",
    )
    capture.add_argument(
        "--generate",
        type=int,
        default=0,
        metavar="TOKENS",
        help="how many tokens the model writes behind the text (default: it only reads)",
    )
    capture.add_argument(
        "--needle",
        metavar="TEXT",
        help="a piece of the text that the model is to find again: which heads retrieve it",
    )
    _add_effects(capture)
    capture.add_argument("--logdir", required=True, help="the run directory")


def _add_checkpoints(commands: Any) -> None:
    what = "log saved checkpoints of a model as steps"
    more = (
        "Steps that are there already are skipped. torchrun or accelerate launch, with "
        "-m tb_attention, spreads them over processes."
    )
    checkpoints = commands.add_parser(
        "checkpoints", help=what, description=f"{_sentence(what)}. {more}"
    )
    forms = (
        "a folder of the Trainer (checkpoint-500), or NAME=STEP, where NAME is a path, a name on "
        "a hub, or name@revision"
    )
    checkpoints.add_argument("names", metavar="CHECKPOINT", nargs="+", help=forms)
    checkpoints.add_argument(
        "--probes",
        type=Path,
        required=True,
        help="a text file with a probe in each line: `tag: text`, just text, or `repeated`; "
        "`text => she | he` compares two answers",
    )
    checkpoints.add_argument(
        "--tokenizer",
        metavar="NAME_OR_PATH",
        help="another tokenizer than the one saved with each checkpoint",
    )
    _add_effects(checkpoints)
    checkpoints.add_argument("--logdir", required=True, help="the run directory, one of its own")


def _add_effects(command: Any) -> None:
    command.add_argument(
        "--effects",
        nargs="?",
        const="largest",
        choices=("largest", "all"),
        help="measure what the heads do to the loss, and to answers: of all heads an estimate, "
        "and exactly of the largest and of random ones, or of all",
    )
    command.add_argument(
        "--replace",
        choices=("zero", "mean"),
        default="zero",
        help="what a head that is cut gives instead: nothing, or its mean over the text "
        "(default: %(default)s)",
    )


def _add_export(commands: Any) -> None:
    what = "write weights, queries and keys, head metrics or losses to a file for other programs"
    export = commands.add_parser("export", help=what, description=f"{_sentence(what)}.")
    export.add_argument("directory", metavar="DIR", help=_LOGDIR)
    export.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        help="a file that ends in .npz, .safetensors or .csv",
    )
    export.add_argument(
        "--what",
        choices=("weights", "queries", "metrics", "losses"),
        default="weights",
        help="default: %(default)s",
    )
    export.add_argument(
        "--show",
        choices=("weight", "arriving"),
        default="weight",
        help="in the place of weights, their shares of what arrives: weight times length of the "
        "value (default: %(default)s)",
    )
    export.add_argument("--run", help="default: the only one")
    export.add_argument("--tag", help="default: the only one")
    export.add_argument(
        "--step",
        type=int,
        nargs="+",
        metavar="N",
        help="default: the last one; all of them for metrics and losses",
    )
    export.add_argument("--stack", help="decoder, encoder or cross (default: all)")
    export.add_argument("--layer", type=int, nargs="+", metavar="N", help="default: all")
    export.add_argument("--head", type=int, nargs="+", metavar="N", help="default: all")


def _add_page(commands: Any) -> None:
    what = "write the tab with what is logged to one file, which opens without a server"
    page = commands.add_parser("page", help=what, description=f"{what.capitalize()}.")
    page.add_argument("directory", metavar="DIR", help=_LOGDIR)
    page.add_argument("--output", "-o", type=Path, required=True, help="a file that ends in .html")
    page.add_argument("--run", nargs="+", metavar="NAME", help="default: all")
    page.add_argument("--tag", nargs="+", metavar="NAME", help="default: all")
    page.add_argument("--steps", type=int, nargs="+", metavar="N", help="default: all")
    page.add_argument(
        "--layers",
        type=int,
        nargs="+",
        metavar="N",
        help="whose queries and keys it holds; metrics and thumbnails are of all (default: all)",
    )
    page.add_argument(
        "--dtype",
        choices=("float16", "float32"),
        help="of queries, keys and weights (default: as they are stored)",
    )
