"""What tests share: small knowledge bases, the shipped corpus, and the articles' texts where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from wikidata.extract import extract
from wikidata.server import command, serve

from kb.home import Home
from kb.start import start

ROOT = Path(__file__).parent.parent
TEXTS = Path(os.environ.get("KB_TEXTS", ROOT.parent / "shared" / "articles"))

settings.register_profile("kb", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("kb")


@pytest.fixture
def own(tmp_path: Path) -> Home:
    """A knowledge base as `kb init` starts it."""
    start(tmp_path / "own")
    return Home(tmp_path / "own")


@pytest.fixture(scope="session")
def texts() -> Path:
    """The folder of the two articles' texts, which are not ours to ship."""
    if not TEXTS.is_dir():
        pytest.skip("the articles' texts are not at hand (../shared/articles, or the folder in KB_TEXTS)")
    return TEXTS


@pytest.fixture(scope="session")
def wikidata_extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small extract of Wikidata as N-Triples, good for `kb link index`; see tests/wikidata/README.md."""
    path = tmp_path_factory.mktemp("wikidata") / "extract.nt"
    path.write_text(extract(), encoding="utf-8", newline="\n")
    return path


@pytest.fixture(scope="session")
def wikidata_server(wikidata_extract: Path) -> Iterator[str]:
    """The address of a real SPARQL server on this machine that holds the extract."""
    if command() is None:
        pytest.skip("the command `oxigraph` is not installed (pip install oxigraph)")
    with serve(wikidata_extract, wikidata_extract.parent / "store") as url:
        yield url
