"""The command tb-attention. Imports what a command needs when it runs, so that --help needs neither torch nor time."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from tb_attention import __version__
from tb_attention.errors import AttentionError, InvalidInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status. What the user can mend is told in one sentence, without a traceback."""
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
    parser = argparse.ArgumentParser(prog="tb-attention", description="Attention in TensorBoard, across training steps.")
    parser.add_argument("--version", action="version", version=f"tb-attention {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    what = "train two small GPT-2s on the CPU, log their attention, and show it in TensorBoard"
    demo = commands.add_parser("demo", help=what, description=what.capitalize() + ".")
    demo.add_argument("--logdir", type=Path, default=Path("logs", "demo"), help="where the runs are written (default: %(default)s)")
    demo.add_argument("--steps", type=int, default=300, help="training steps of each run (default: %(default)s)")
    demo.add_argument("--model", metavar="NAME", help="fine-tune this pretrained model instead, such as gpt2, or a path")
    demo.add_argument("--no-serve", action="store_true", help="do not start TensorBoard afterwards")
    demo.add_argument("--port", type=int, help="port of TensorBoard (default: the first free one from 6006)")
    demo.set_defaults(command=_demo)
    return parser


def _demo(options: argparse.Namespace) -> None:
    missing = [name for name in ("torch", "transformers", "accelerate") if importlib.util.find_spec(name) is None]
    if missing:
        raise InvalidInput(f"the demo needs {' and '.join(missing)}: pip install 'tb-attention[torch]'.")
    from tb_attention.demo.run import run_demo

    run_demo(options.logdir, steps=options.steps, model=options.model, show=not options.no_serve, port=options.port)
