"""Shows a log directory in TensorBoard until it is interrupted."""

from __future__ import annotations

import threading
from pathlib import Path

from tensorboard import program

from tb_attention.errors import InvalidInput


def start(logdir: Path, port: int | None = None) -> str:
    """Starts TensorBoard in this process, where it runs until the process ends.

    Args:
        logdir: the log directory.
        port: None: the first free one from 6006.

    Returns:
        The address of the Attention tab.

    Raises:
        InvalidInput: the port is taken.
    """
    board = program.TensorBoard()
    board.configure(
        argv=[None, "--logdir", str(logdir), *([] if port is None else ["--port", str(port)])]
    )
    try:
        return f"{board.launch()}#attention"
    except program.TensorBoardServerException as error:
        raise InvalidInput(
            f"TensorBoard could not start: {' '.join(str(error).split())} Choose another port with "
            "--port."
        ) from error


def show_logs(logdir: Path, port: int | None = None) -> None:
    """Shows `logdir` in TensorBoard, prints the address, and returns on Ctrl-C.

    Raises:
        InvalidInput: the port is taken.
    """
    print(f"\nThe Attention tab: {start(logdir, port)}    (Ctrl-C ends)", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
