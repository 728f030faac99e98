"""What a query must not ask for, told before it runs; and where it stops being SPARQL, told after the engine has said so."""

from __future__ import annotations

import re
from collections.abc import Callable

from kb.errors import QueryRefused, QuerySyntaxError
from kb.query.tokens import KINDS, UPDATES, Outline, Token, outline, place, tokens, unescaped
from kb.store import syntax_error
from kb.vocab import PREFIXES

MAX_CHARACTERS = 64 << 10
MAX_DEPTH = 100  # the engine recurses: 4.4 kB of braces have ended its process
_GAP = " " * 24  # longer than any keyword
_ALONE = frozenset("{}();,")
_WORTH_A_LOOK = ("SERVICE", "FROM", "\\U", *sorted(UPDATES))


def plain_kind(text: str) -> str:
    """Return the kind of a query that holds no word or sign which `check_query` could refuse; empty when that must read it whole.

    Most small queries are such, and this takes a tenth of the time.
    """
    upper = text.upper()
    if len(text) > MAX_CHARACTERS // 4 or any(word in upper for word in _WORTH_A_LOOK) or sum(map(text.count, "{([")) > MAX_DEPTH:
        return ""
    return next((token.text.lower() for token in tokens(text) if token.upper in KINDS), "")


def check_query(text: str, *, path: str = "", federated: bool = False, longest: int = MAX_CHARACTERS) -> Outline:
    """Return the outline of a query that only reads. Raises QueryRefused, or QuerySyntaxError for half a surrogate pair.

    Escapes such as `\\u0053ERVICE` are read both ways, since engines differ. `federated` lets SERVICE pass: a far
    endpoint reaches out then, not we. `longest` is in bytes.
    """
    if len(text) > longest or len(_encoded(text, path)) > longest:
        raise QueryRefused(f"the query is longer than {longest >> 10} KiB", path=path, cure="ask for less at once")
    found = outline(text)
    for reading in [found] if "\\u" not in text and "\\U" not in text else [found, outline(unescaped(text))]:
        _check_outline(reading, text, path, federated)
    return found


def _encoded(text: str, path: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        line, column = place(text, error.start)
        raise QuerySyntaxError(
            f"half of a surrogate pair in column {column}", path=path, line=line, column=column, cure="remove that character"
        ) from None


def _check_outline(found: Outline, text: str, path: str, federated: bool) -> None:
    def refuse(message: str, token: Token | None, cure: str) -> None:
        raise QueryRefused(message, path=path, line=place(text, token.start)[0] if token else 0, cure=cure)

    if found.service and not federated:
        refuse("the query would reach another server (SERVICE)", found.service, "ask that server itself with --store URL")
    if found.update:
        word = found.update.upper
        refuse(f"the query would change the store ({word})", found.update, "change the corpus, then run `kb build`")
    if found.doubtful:
        refuse(f"{found.doubtful.text} may be an IRI or a comparison", found.doubtful, "name the IRI with a PREFIX")
    if found.depth > MAX_DEPTH:
        refuse(f"the query is nested deeper than {MAX_DEPTH}", None, "make it flatter")
    for iri, token in found.graphs:
        if not iri.lower().startswith(("http://", "https://", "urn:", "tag:")):
            refuse(f"the query would read from elsewhere (FROM {token.text})", token, "leave FROM out: all graphs are read")


def explain_syntax(text: str, path: str, ask_again: Callable[[str], str]) -> QuerySyntaxError:
    """Return where a query that the engine refused stops being SPARQL: an undeclared prefix, a relative IRI, a word.

    The engine counts a keyword that it looked for in vain as read, so its column is too far. Asked again with the
    words far apart (`ask_again` returns its complaint), the place falls on the right word or into the gap behind it.
    """
    found = outline(text)
    if found.undeclared:
        prefix = found.undeclared.text.partition(":")[0]
        if text[: found.undeclared.start].endswith("<"):
            return _fault("what begins with '<' there is no IRI", text, found.undeclared.start - 1, path, "write it whole, without spaces, and close it with >")
        cure = f"add the line  PREFIX {prefix}: <{PREFIXES.get(prefix, '…')}>"
        return _fault(f"the prefix '{prefix}:' is not declared", text, found.undeclared.start, path, cure)
    apart, chunks = _spread(text)
    said = ask_again(apart)
    error = syntax_error(said)
    before = apart.split("\n")[: max(0, error.line - 1)]  # to the engine a line ends with \n, and with nothing else
    offset = sum(len(line) + 1 for line in before) + error.column - 1
    start = max((chunk for chunk in chunks if chunk[0] <= offset), default=(0, 0))[1]
    if found.relative and found.relative.start <= start:
        return _fault(
            f"{found.relative.text} is no whole IRI", text, found.relative.start, path, "write it whole, or add a BASE"
        )
    sentence = re.search(r"\bThe [A-Za-z ]{10,}", said)
    if sentence:
        return _fault(sentence[0].strip(), text, start, path, "")
    word = next((token.text for token in tokens(text) if token.start >= start), "")
    message = f"the query stops being SPARQL at {word[:40]!r}" if word else "the query breaks off"
    return _fault(message, text, start, path, error.cure)


def _fault(message: str, text: str, start: int, path: str, cure: str) -> QuerySyntaxError:
    line, column = place(text, start)
    return QuerySyntaxError(f"{message} (line {line}, column {column})", path=path, line=line, column=column, cure=cure)


def _spread(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the query with gaps between its words, and where each word starts in it and in `text`."""
    pieces, chunks, length, end, split = [], [], 0, -1, True
    for token in tokens(text):
        alone = token.text in _ALONE
        if split or alone or token.start != end:
            pieces.append(_GAP)
            length += len(_GAP)
            chunks.append((length, token.start))
        pieces.append(token.text)
        length, end, split = length + len(token.text), token.start + len(token.text), alone
    chunks.append((length + len(_GAP), len(text.rstrip())))
    return "".join([*pieces, _GAP]), chunks
