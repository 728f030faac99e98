"""Pages: what must stand on each, that every link leads somewhere, that nothing from outside can break out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.home import Home
from kb.pages import Site
from kb.store import open_store
from tests.small_world import built, says, world

CLAIM = "id/claim/one/was.html"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A world of three answers to one question, one of them given by nobody."""
    home = world(tmp_path_factory.mktemp("pages"), {
        "one": [says("was", "ada", "emptied"), says("was-not", "sol", "not-emptied", polarity="negated"), says("own", None, "in-part")],
        "two": [says("same", "bo", "emptied")],
    })  # fmt: skip
    built(home)
    return site(home)


def site(home: Home, *, live: bool = False) -> Site:
    return Site(open_store(home.store), home, run=None, live=live)


def body(site: Site, path: str) -> str:
    page = site.page(path)
    assert page is not None, path
    return page.body.decode()


def test_a_claim_is_headed_by_its_speaker(small: Site) -> None:
    assert "Ada Brink</bdi></a> <span class=\"said\">said that</span>" in body(small, CLAIM)
    assert "<title>Ada Brink said that: was says so." in body(small, CLAIM)


def test_a_page_that_is_not_there_is_none(small: Site) -> None:
    assert small.page("id/entity/nobody.html") is None and small.page("../corpus.yaml") is None
    assert small.missing("id/entity/northlnd.html").status == 404
    assert "Northland" in small.missing("id/entity/northlnd.html").body.decode()


def test_every_path_has_a_page(small: Site) -> None:
    pages = [path for path in small.paths() if path.endswith(".html")]
    assert len(pages) > 30 and all(small.page(path) is not None for path in pages)


def test_the_fact_file_and_line_of_a_claim_are_told(small: Site) -> None:
    lines = (small.home.corpus / "one.yaml").read_text("utf-8").splitlines()
    assert f"corpus/one.yaml:{lines.index('- id: was-not') + 1}" in body(small, "id/claim/one/was-not.html")
    assert Path("corpus/one.yaml").as_posix() in body(small, "id/article/one.html")
