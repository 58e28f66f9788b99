"""The plugin as TensorBoard sees it: name, tab, whether there is data, and the routes."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

from tensorboard.plugins import base_plugin

from tb_attention.plugin.http import Application
from tb_attention.plugin.loader import CACHE_MB
from tb_attention.plugin.routes import Routes
from tb_attention.plugin.scalars import RunScalars
from tb_attention.plugin.static import Static
from tb_attention.record.tfrecord import PLUGIN_NAME
from tb_attention.store.index import Index
from tb_attention.store.logdir import roots
from tb_attention.store.refresher import Refresher
from tb_attention.store.store import Store

BUNDLE = Path(__file__).parents[1] / "static"
"""Where the built frontend stands."""


GLANCE = 0.1
"""Seconds that `is_active` waits for a first capture; a scan shows it as soon as it is found."""


class AttentionPlugin(base_plugin.TBPlugin):  # type: ignore[misc]  # tensorboard has no types
    """Shows the captures below TensorBoard's log directory in a tab of its own."""

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        """Reads the flags only.

        The log directory is read in the background as soon as somebody asks, not at TensorBoard's
        start.
        """
        flags = context.flags
        logdir = getattr(flags, "logdir", "") or ("" if flags else context.logdir)
        self._index = Index(roots(logdir, getattr(flags, "logdir_spec", "")))
        self._refresher = Refresher(self._index.refresh)
        self._scalars = RunScalars(context.data_provider, self._index)
        self._cached = max(getattr(flags, "attention_cache_mb", CACHE_MB), 0) << 20
        self._static = Static(BUNDLE)
        self._preparing: threading.Thread | None = None

    def get_plugin_apps(self) -> dict[str, Application]:
        """Route -> WSGI application."""
        static = self._static
        routes = Routes(Store(self._index, self._cached), self._refresher, self._scalars)
        return {
            **routes.applications(),
            "/static/index.js": static.application,
            "/static/*": static.application,
        }

    def is_active(self) -> bool:
        """Whether any capture is known.

        TensorBoard asks all plugins in turn before it shows anything, so it never waits for long.
        It is the first sign that somebody looks, so the plugin gets ready for the tab meanwhile.
        """
        if self._preparing is None:
            self._preparing = threading.Thread(
                target=self._prepare, name="attention-prepare", daemon=True
            )
            self._preparing.start()
        asked = self._refresher.ask()
        if not self._index.snapshot.runs:
            self._refresher.wait(asked, GLANCE)
        return bool(self._index.snapshot.runs)

    def _prepare(self) -> None:
        """Does what the first picture would wait for, a fifth of a second or more."""
        # Array libraries are imported once the first array asks for its own, after the others here.
        importlib.import_module("array_api_compat.numpy")
        self._static.pack()

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        """The name of the tab, and the module that draws it."""
        return base_plugin.FrontendMetadata(tab_name="Attention", es_module_path="/static/index.js")
