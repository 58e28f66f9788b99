"""`python -m tb_attention` is the command tb-attention, for launchers that take modules."""

import sys

from tb_attention.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
