"""Compiles proto/attention.proto to the descriptor set and the type stub beside this file.

`make gen`. Needs grpcio-tools (extra `dev`).
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
PROTO = HERE.parents[1] / "proto"


def main() -> int:
    """Writes attention.binpb and __init__.pyi; returns protoc's exit status."""
    from grpc_tools import protoc

    arguments = [
        f"-I{PROTO}",
        "--include_imports",
        f"--descriptor_set_out={HERE / 'attention.binpb'}",
        f"--pyi_out={HERE}",
    ]
    status: int = protoc.main(["protoc", *arguments, str(PROTO / "attention.proto")])
    if status == 0:
        (HERE / "attention_pb2.pyi").replace(HERE / "__init__.pyi")
    return status


if __name__ == "__main__":
    sys.exit(main())
