"""Shows a log directory in TensorBoard until it is interrupted."""

from __future__ import annotations

import threading
from pathlib import Path

from tensorboard import program

from tb_attention.errors import InvalidInput


def serve(logdir: Path, port: int | None = None) -> None:
    """Starts TensorBoard in this process, prints the address of the Attention tab, and returns on Ctrl-C.

    port: default is the first free one from 6006. Raises InvalidInput where the port is taken.
    """
    board = program.TensorBoard()
    board.configure(argv=[None, "--logdir", str(logdir), *([] if port is None else ["--port", str(port)])])
    try:
        address = board.launch()
    except program.TensorBoardServerException as error:
        raise InvalidInput(f"TensorBoard could not start: {' '.join(str(error).split())} Choose another port with --port.") from error
    print(f"\nThe Attention tab: {address}#attention    (Ctrl-C ends)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
