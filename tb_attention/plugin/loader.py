"""What TensorBoard imports at its start, where an error would stop all of it.

Nothing heavy is imported before `load`.
"""

from __future__ import annotations

import argparse

from tensorboard.plugins import base_plugin

CACHE_MB = 256
"""Default of the flag --attention_cache_mb."""


class AttentionLoader(base_plugin.TBLoader):  # type: ignore[misc]  # tensorboard has no types
    """Loads the Attention plugin."""

    def define_flags(self, parser: argparse.ArgumentParser) -> None:
        """Adds the flags of the plugin to TensorBoard's."""
        parser.add_argument_group("attention plugin").add_argument(
            "--attention_cache_mb",
            type=int,
            default=CACHE_MB,
            metavar="MB",
            help="memory that the Attention tab may keep of what it has read "
            "(default: %(default)s)",
        )

    def fix_flags(self, flags: argparse.Namespace) -> None:
        """Lets TensorBoard keep one sample of a tag in memory, unless the user says otherwise.

        The plugin reads files itself.
        """
        samples = getattr(flags, "samples_per_plugin", None)
        if isinstance(samples, dict):
            samples.setdefault("attention", 1)

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin:
        """The plugin; TensorBoard logs an error here and goes on without the plugin."""
        from tb_attention.plugin.plugin import AttentionPlugin

        return AttentionPlugin(context)
