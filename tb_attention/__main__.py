"""python -m tb_attention is the command tb-attention; launchers of several processes take modules."""

import sys

from tb_attention.cli import main

sys.exit(main())
