"""Where TensorBoard runs: the reading side with every TensorBoard and Python that it is for.

    nox                       all of it
    nox -s oldest newest      what CI runs

Needs no torch. Of pyproject.toml the dependencies are installed, and of this folder the package is
used, with its frontend as it was last built. Pythons that a machine lacks are passed over. Captures
with the oldest and the newest transformers: make compat.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
TENSORBOARDS = ["2.18.0", "2.19.0", "2.20.0", "2.21.0"]
NOT_SINCE_3_13 = TENSORBOARDS[:2]
TESTS = [
    "tests/files",
    "tests/record",
    "tests/store",
    "tests/findings",
    "tests/answers",
    "tests/plugin",
    "tests/standalone",
]
NEED_TORCH = [
    "tests/answers/test_in_context.py",
    "tests/answers/test_rollout.py",
    "tests/files/test_write.py",
    "tests/findings/test_planted_effects.py",
    "tests/record/test_needle.py",
    "tests/record/test_scalars.py",
    "tests/standalone/test_show.py",
    "tests/store/test_sessions.py",
]
IGNORED = [f"--ignore={path}" for path in NEED_TORCH]
# TensorBoard up to 2.19 imports pkg_resources, which setuptools 81 has no more.
TOOLS = ["pytest>=9", "hypothesis>=6.100", "setuptools<81"]
DEPENDENCIES: list[str] = tomllib.loads(Path("pyproject.toml").read_text())["project"][
    "dependencies"
]

nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
@nox.parametrize("tensorboard", TENSORBOARDS)
def matrix(session: nox.Session, tensorboard: str) -> None:
    """One TensorBoard on one Python, with the newest of all else."""
    if tensorboard in NOT_SINCE_3_13 and session.python not in ("3.11", "3.12"):
        session.skip(f"TensorBoard {tensorboard} imports imghdr, which Python 3.13 has no more")
    tests(session, *DEPENDENCIES, f"tensorboard=={tensorboard}")


@nox.session(python="3.11")
def oldest(session: nox.Session) -> None:
    """The lowest version of every dependency that pyproject.toml allows."""
    tests(session, *(each.replace(">=", "==") for each in DEPENDENCIES))


@nox.session(python=["3.11", "3.13"])
def newest(session: nox.Session) -> None:
    """The newest of everything."""
    tests(session, "--upgrade", *DEPENDENCIES)


def tests(session: nox.Session, *dependencies: str) -> None:
    """Installs the dependencies, and runs the tests of the reading side."""
    session.install(*dependencies, *TOOLS)
    session.run("python", "-m", "pytest", "-q", *TESTS, *IGNORED, *session.posargs)
