"""The command tb-attention.

Imports what a command needs when it runs, so that --help needs neither torch nor time.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tb_attention.cli.parser import parser
from tb_attention.errors import AttentionError, InvalidInput

if TYPE_CHECKING:
    from tb_attention.effects.options import Effects


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
        The exit status: 0, 1 after an error, 130 after an interrupt, 141 where the output is read
        no further.
    """
    options = parser().parse_args(arguments)
    try:
        _COMMANDS[options.command](options)
        sys.stdout.flush()
    except AttentionError as error:
        print(f"tb-attention: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Who reads, such as `head -1`, has enough. Nothing is left to be written at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


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

    run_inspect(options.directory, as_json=options.json)


def _findings(options: argparse.Namespace) -> None:
    from tb_attention.cli.findings import run_findings

    run_findings(options.directory, run=options.run, tag=options.tag, as_json=options.json)


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
        effects=_effects(options),
        generate=options.generate,
        needle=options.needle,
    )


def _checkpoints(options: argparse.Namespace) -> None:
    _needs("tb-attention checkpoints", "torch", "transformers")
    from tb_attention.cli.checkpoints import run_checkpoints

    run_checkpoints(
        options.names,
        options.probes,
        options.logdir,
        tokenizer=options.tokenizer,
        effects=_effects(options),
    )


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
        options.show,
    )
    run_export(options.directory, options.output, chosen)


def _page(options: argparse.Namespace) -> None:
    from tb_attention.cli.page import run_page

    run_page(
        options.directory,
        options.output,
        run=options.run,
        tag=options.tag,
        steps=options.steps,
        layers=options.layers,
        dtype=options.dtype,
    )


_COMMANDS = {
    "demo": _demo,
    "inspect": _inspect,
    "findings": _findings,
    "capture": _capture,
    "checkpoints": _checkpoints,
    "export": _export,
    "page": _page,
}


def _effects(options: argparse.Namespace) -> Effects | bool:
    from tb_attention.effects.options import Effects

    if options.effects is None:
        return False
    return Effects(exact=options.effects, replace=options.replace)


def _needs(what: str, *packages: str) -> None:
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        raise InvalidInput(
            f"{what} needs {' and '.join(missing)}: pip install 'tb-attention[torch]'."
        )
