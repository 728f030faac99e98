"""A query's tokens: what it asks for, read from them alone, in time that grows with its length only."""

from __future__ import annotations

import time

import pytest

from kb.query.refuse import check_query
from kb.query.tokens import outline, tokens


@pytest.mark.parametrize(
    "text",
    ["a-" * 30000, '"' * 60001, "<a" * 30000, '"""' + "\\a" * 30000, "_:a" + "." * 60000, "SELECT " * 9000, "a:b." * 15000, '\\"' * 30000, "x\\'" * 15000, '"""' + '\\"""' * 12000],
)
def test_no_text_takes_long_to_read(text: str) -> None:
    start = time.process_time()
    check_query(text, federated=True)
    assert time.process_time() - start < 5  # seconds; a quadratic reading takes minutes


def test_tokens_lose_nothing_but_spaces_and_comments() -> None:
    text = "PREFIX a: <a:>\nSELECT (COUNT(*) AS ?n) { ?s a:b 1.5e3, 'x'^^a:c; !a:d?/^a:e \"y\"@en-GB . FILTER(?n<=5) } # end"
    assert "".join(token.text for token in tokens(text)) == "".join(text.partition("#")[0].split())


def test_an_outline_names_the_columns() -> None:
    found = outline("SELECT DISTINCT ?a (MAX(?x + (1)) AS ?b) (IF(?c, 1, 2) as ?d) WHERE { ?a ?e ?c } ORDER BY ?a")
    assert (found.kind, found.columns, found.ordered) == ("select", ("a", "b", "d"), True)
    assert outline("SELECT * { { SELECT ?x { } ORDER BY ?x } }").columns is None
    assert not outline("SELECT ?y { { SELECT ?x { } ORDER BY ?x } }").ordered
