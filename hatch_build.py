"""Builds the frontend with wheel and sdist: pip install works on a machine without Node."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src/**/*", "package-lock.json", "package.json", "vite.config.ts", "tsconfig.json")


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci` and `npm run build` in frontend/, unless the bundle is up to date."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: D102
        root = Path(self.root)
        bundle = root / "tb_attention" / "static" / "index.js"
        if _newer(bundle, root / "frontend"):
            return
        spec = importlib.util.spec_from_file_location("frontend_npm", root / "frontend" / "npm.py")
        assert spec is not None and spec.loader is not None
        runner = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(runner)
        if runner.install() or runner.npm("run", "build"):
            raise SystemExit(
                "The frontend could not be built: npm failed, its messages are above. It needs the "
                "npm registry the first time."
            )


def _newer(bundle: Path, frontend: Path) -> bool:
    if not bundle.exists():
        return False
    sources = (path for pattern in SOURCES for path in frontend.glob(pattern) if path.is_file())
    return bundle.stat().st_mtime >= max(path.stat().st_mtime for path in sources)
