"""What the server keeps in memory: so many bytes and no more, whatever it is asked by."""

from __future__ import annotations

import pytest

from kb.serve.accept import ROWS, wanted
from kb.serve.protocol import Refusal
from kb.serve.reply import Kept, Reply
from kb.serve.web import page_params


@pytest.mark.parametrize("key", ["x" * 10_000, ("page", ("x", ("y" * 10_000,))), b"x" * 10_000, "\U0001f6a2" * 2_500], ids=["text", "tuple", "bytes", "wide"])
def test_what_an_answer_was_asked_by_is_counted(key: object) -> None:
    kept = Kept(200_000, 20_000)
    for number in range(100):
        kept.put((number, key), Reply(b"", "text/plain"), 10)
    assert 10 < len(kept.found) < 20 and kept.size <= 200_000
    kept.put("long" * 10_000, Reply(b"", "text/plain"), 10)
    assert "long" * 10_000 not in kept.found


@pytest.mark.parametrize(
    ("path", "found"),
    [("articles.json", {}), ("index.html", {}), ("id/entity/ada.html", {}), ("timeline.html", {}), ("claims.html", {"x": ["1"]}), ("query/said-by.html", {"x": ["1"]})],
)
def test_a_page_without_parameters_is_one_page_whatever_follows_it(path: str, found: dict[str, list[str]]) -> None:
    assert page_params(path, b"x=1") == found


def test_parameters_that_are_no_text_are_refused() -> None:
    with pytest.raises(Refusal, match="not UTF-8"):
        page_params("claims.html", b"q=%ff")


def test_a_long_header_is_read_as_far_as_headers_go() -> None:
    assert wanted("text/csv;q=0.5, application/json" + ", a/b" * 100_000, ROWS) == "json"
