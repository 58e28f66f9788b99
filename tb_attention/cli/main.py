"""The command tb-attention.

Imports what a command needs when it runs, so that --help needs neither torch nor time.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tb_attention import __version__
from tb_attention.errors import AttentionError, InvalidInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    An error that the user can mend is printed as one sentence, without a traceback.

    Example:
        >>> main(["export", "runs", "--what", "metrics", "-o", "metrics.csv"])
        Wrote the metrics of doctor-she at steps 0, 100 to metrics.csv.
        0

    Args:
        arguments: of the command line; None: those of this process.

    Returns:
        The exit status: 0, 1 after an error, 130 after an interrupt.
    """
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except AttentionError as error:
        print(f"tb-attention: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tb-attention", description="Attention in TensorBoard, across training steps."
    )
    parser.add_argument("--version", action="version", version=f"tb-attention {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    what = "train three small GPT-2s on the CPU, log their attention, and show it in TensorBoard"
    demo = commands.add_parser("demo", help=what, description=what.capitalize() + ".")
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
    demo.set_defaults(command=_demo)
    _add_inspect(commands)
    _add_capture(commands)
    _add_checkpoints(commands)
    _add_export(commands)
    return parser


def _add_inspect(commands: Any) -> None:
    what = "list the runs, probes, steps and sizes in a log directory"
    inspect = commands.add_parser(
        "inspect", help=what, description=what.capitalize() + ", and what in it cannot be shown."
    )
    inspect.add_argument("directory", metavar="DIR", help="what tensorboard --logdir is given")
    inspect.set_defaults(command=_inspect)


def _add_capture(commands: Any) -> None:
    what = "log the attention of a saved model on one text"
    capture = commands.add_parser("capture", help=what, description=what.capitalize() + ".")
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
    capture.add_argument("--logdir", required=True, help="the run directory")
    capture.set_defaults(command=_capture)


def _add_checkpoints(commands: Any) -> None:
    what = "log saved checkpoints of a model as steps"
    more = (
        "Steps that are there already are skipped. torchrun or accelerate launch, with "
        "-m tb_attention, spreads them over processes."
    )
    checkpoints = commands.add_parser(
        "checkpoints", help=what, description=f"{what.capitalize()}. {more}"
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
        help="a text file with a probe in each line: `tag: text`, just text, or `repeated`",
    )
    checkpoints.add_argument(
        "--tokenizer",
        metavar="NAME_OR_PATH",
        help="another tokenizer than the one saved with each checkpoint",
    )
    checkpoints.add_argument("--logdir", required=True, help="the run directory, one of its own")
    checkpoints.set_defaults(command=_checkpoints)


def _add_export(commands: Any) -> None:
    what = "write weights, queries and keys, or head metrics to a file for other programs"
    export = commands.add_parser("export", help=what, description=f"{what.capitalize()}.")
    export.add_argument("directory", metavar="DIR", help="what tensorboard --logdir is given")
    export.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        help="a file that ends in .npz, .safetensors or .csv",
    )
    export.add_argument(
        "--what",
        choices=("weights", "queries", "metrics"),
        default="weights",
        help="default: %(default)s",
    )
    export.add_argument("--run", help="default: the only one")
    export.add_argument("--tag", help="default: the only one")
    export.add_argument(
        "--step",
        type=int,
        nargs="+",
        metavar="N",
        help="default: the last one; all of them for metrics",
    )
    export.add_argument("--stack", help="decoder, encoder or cross (default: all)")
    export.add_argument("--layer", type=int, nargs="+", metavar="N", help="default: all")
    export.add_argument("--head", type=int, nargs="+", metavar="N", help="default: all")
    export.set_defaults(command=_export)


def _demo(options: argparse.Namespace) -> None:
    _needs("the demo", "torch", "transformers", "accelerate")
    from tb_attention.demo.run import run_demo

    run_demo(
        options.logdir,
        steps=options.steps,
        model=options.model,
        show=not options.no_serve,
        port=options.port,
    )


def _inspect(options: argparse.Namespace) -> None:
    from tb_attention.cli.inspect import run_inspect

    run_inspect(options.directory)


def _capture(options: argparse.Namespace) -> None:
    _needs("tb-attention capture", "torch", "transformers")
    from tb_attention.cli.capture import run_capture

    run_capture(
        options.model,
        options.text,
        options.logdir,
        tag=options.tag,
        step=options.step,
        tokenizer=options.tokenizer,
    )


def _checkpoints(options: argparse.Namespace) -> None:
    _needs("tb-attention checkpoints", "torch", "transformers")
    from tb_attention.cli.checkpoints import run_checkpoints

    run_checkpoints(options.names, options.probes, options.logdir, tokenizer=options.tokenizer)


def _export(options: argparse.Namespace) -> None:
    from tb_attention.cli.export import Choice, run_export

    numbers = {
        name: tuple(chosen) if (chosen := getattr(options, name)) else None
        for name in ("step", "layer", "head")
    }
    chosen = Choice(
        options.what,
        options.run,
        options.tag,
        numbers["step"],
        options.stack,
        numbers["layer"],
        numbers["head"],
    )
    run_export(options.directory, options.output, chosen)


def _needs(what: str, *packages: str) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise InvalidInput(
            f"{what} needs {' and '.join(missing)}: pip install 'tb-attention[torch]'."
        )
