"""Where values may stand in a stored query: each `VALUES ?name { UNDEF }` of its text."""

from __future__ import annotations

from collections.abc import Iterator

from kb.query.tokens import Token, tokens


def param_slots(text: str) -> Iterator[tuple[str, Token]]:
    """Yield the name and the UNDEF token of each `VALUES ?name { UNDEF }` in a query."""
    words = list(tokens(text))
    for values, variable, opens, undef, shuts in zip(words, words[1:], words[2:], words[3:], words[4:], strict=False):
        shape = (values.upper, variable.kind, opens.text, undef.upper, shuts.text)
        if shape == ("VALUES", "var", "{", "UNDEF", "}"):
            yield variable.text[1:], undef


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield a query's text in pieces, with the parameter that each UNDEF of a slot stands for, the empty text elsewhere."""
    end = 0
    for name, undef in param_slots(text):
        yield "", text[end : undef.start]
        yield name, undef.text
        end = undef.start + len(undef.text)
    yield "", text[end:]
