"""examples/notebook.ipynb: run by nbclient, as it is kept, as HTML, and in a JupyterLab."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbclient
import nbconvert
import nbformat
import pytest
from playwright.sync_api import expect

from tb_attention import show
from tests.support.jupyter import SETTINGS, jupyterlab, trust
from tests.support.logs import capture
from tests.support.repository import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
NOTEBOOK = ROOT / "examples" / "notebook.ipynb"
LARGEST = 1 << 20
"""Bytes."""


def as_html(notebook: Any, path: Path) -> Path:
    """What `nbconvert --to html` makes of it, without what it would fetch from elsewhere."""
    exporter = nbconvert.HTMLExporter(require_js_url="", mathjax_url="", mermaid_js_url="")
    path.write_text(exporter.from_notebook_node(notebook)[0])
    return path


def with_a_cell_of_show() -> Any:
    """A notebook that somebody else has run."""
    data = {"text/html": show(capture())._repr_html_(), "text/plain": "<Page of attention>"}
    output = nbformat.v4.new_output("execute_result", data, execution_count=1)
    ran = nbformat.v4.new_code_cell("show(capture)", outputs=[output], execution_count=1)
    return nbformat.v4.new_notebook(cells=[ran], metadata={"kernelspec": KERNEL})


def tab(page: Page) -> FrameLocator:
    """The tab in the page of a notebook."""
    expect(page.locator("iframe[srcdoc]")).to_have_count(1, timeout=60_000)
    page.locator("iframe[srcdoc]").scroll_into_view_if_needed()  # where it is unpacked
    frame = page.frame_locator("iframe[srcdoc]")
    expect(frame.get_by_test_id("step-now")).to_be_visible(timeout=60_000)
    return frame


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Kernels that know this repository, and nothing of the user's settings."""
    for name in SETTINGS:
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    yield


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.usefixtures("kernel")
def test_it_runs_and_shows_the_tab(page: Page, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("200", "12")  # steps
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [output for output in shown if output.output_type == "error"] == []
    page.context.set_offline(True)
    page.goto(f"file://{as_html(notebook, tmp_path / 'run.html')}")
    expect(tab(page).get_by_test_id("step-now")).to_have_text("12")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_its_outputs_are_kept_and_small(page: Page, tmp_path: Path) -> None:
    assert NOTEBOOK.stat().st_size <= LARGEST
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    page.context.set_offline(True)
    page.goto(f"file://{as_html(notebook, tmp_path / 'kept.html')}")
    frame = tab(page)
    expect(frame.get_by_test_id("step-now")).to_have_text("200")
    frame.get_by_test_id("view-head").click()
    expect(frame.get_by_test_id("head-view")).to_be_visible()


def test_a_jupyterlab_shows_it_when_it_is_opened_again(page: Page, tmp_path: Path) -> None:
    trust(Path(shutil.copy(NOTEBOOK, tmp_path / "kept.ipynb")))
    with jupyterlab(tmp_path, {"PYTHONPATH": str(ROOT)}) as lab:
        page.goto(f"{lab}lab/tree/kept.ipynb")
        page.locator(".jp-Cell").last.click()  # cells that are out of sight are not drawn
        frame = page.frame_locator(".jp-OutputArea iframe").last
        expect(frame.get_by_test_id("step-now")).to_be_visible(timeout=60_000)
        page.close()  # JupyterLab's own questions fail once its server has ended


def test_a_jupyterlab_that_does_not_trust_it_says_so(page: Page, tmp_path: Path) -> None:
    nbformat.write(with_a_cell_of_show(), tmp_path / "foreign.ipynb")
    with jupyterlab(tmp_path, {"PYTHONPATH": str(ROOT)}) as lab:
        page.goto(f"{lab}lab/tree/foreign.ipynb")
        output = page.locator(".jp-OutputArea-output")
        expect(output).to_contain_text("not shown here. Run the cell again, or trust this notebook")
        expect(output.locator("iframe")).to_have_count(0)
        page.close()  # JupyterLab's own questions fail once its server has ended
