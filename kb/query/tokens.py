"""A query's words, told apart from what only looks like them in comments, texts, IRIs and names; and what they ask for."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field

_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_LOCAL = r"[\w:\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_TOKEN = re.compile(
    rf"""
    (?P<space>(?:\s+|\#[^\r\n]*)++)
  | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+>)
  | (?P<var>[?$]\w+)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*+)
  | (?P<blank>_:\w(?:[\w.\-·]*[\w\-·])?)
  | (?P<name>(?:[^\W\d_][\w\-·.]*+)?:(?:{_LOCAL}|\.(?=[\w:\-·.%\\]))*+)
  | (?P<word>[^\W\d][\w\-·.]*+)
  | (?P<number>[0-9]+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LONG = {
    '"': re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"""', re.DOTALL),
    "'": re.compile(r"'''(?:[^'\\]|\\.|'(?!''))*+'''", re.DOTALL),
}
_SHORT = {'"': re.compile(r'"(?:[^"\\\r\n]|\\.)*+("?)', re.DOTALL), "'": re.compile(r"'(?:[^'\\\r\n]|\\.)*+('?)", re.DOTALL)}
KINDS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_LOCAL_ESCAPE = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")
_KIND = re.compile(r"(SELECT|ASK|CONSTRUCT|DESCRIBE)(?:FROM(?:NAMED)?)?")  # the engine needs no space after a keyword
_FROM = re.compile(r"(?:SELECT|ASK|CONSTRUCT|DESCRIBE)?FROM(NAMED)?")
_OPEN, _SHUT = frozenset("{(["), frozenset("})]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of SPARQL and where it starts. A word keeps its case in `text`; `upper` is for comparing."""

    kind: str
    text: str
    start: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind in ("word", "mark") else ""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments. Never fails: what is no SPARQL comes as marks.

    >>> [token.text for token in tokens("ASK { ?s a 'SERVICE' } # LOAD")]
    ['ASK', '{', '?s', 'a', "'SERVICE'", '}']
    """
    texts, at = _Texts(text), 0
    while at < len(text):
        end = texts.end(at) if text[at] in _SHORT else 0
        if end:
            yield Token("string", text[at:end], at)
            at = end
            continue
        found = _TOKEN.match(text, at)
        kind, piece, at = found.lastgroup or "", found[0], found.end()
        if kind == "word":
            yield from (Token("word", part[0], found.start() + part.start()) for part in re.finditer(r"[^\-.·]+", piece))
        elif kind != "space":
            yield Token(kind, piece, found.start())


class _Texts:
    """Where texts end. A quote that nothing closes is looked at once: all later ones up to there are escaped, so they fail alike."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.no_long: set[str] = set()
        self.no_short = dict.fromkeys(_SHORT, 0)

    def end(self, start: int) -> int:
        """Return the end of the text that begins with the quote at `start`; 0 when nothing closes it."""
        quote = self.text[start]
        if quote not in self.no_long and self.text.startswith(quote * 3, start):
            if found := _LONG[quote].match(self.text, start):
                return found.end()
            self.no_long.add(quote)
        if start < self.no_short[quote]:
            return 0
        found = _SHORT[quote].match(self.text, start)
        if not found[1]:
            self.no_short[quote] = found.end()
        return found.end() if found[1] else 0


def place(text: str, start: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1.

    >>> place("ASK\\n{}", 5)
    (2, 2)
    """
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def unescaped(text: str) -> str:
    """Return the query with `\\u0053` read as the SPARQL grammar reads it first of all: anywhere, keywords too."""

    def one(found: re.Match[str]) -> str:
        code = int(found[1] or found[2] or "0", 16)
        return chr(code) if (found[1] or found[2]) and code < 0x110000 else found[0]

    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\\\", one, text)


@dataclass(slots=True)
class Outline:
    """What a query asks for: its kind (lower case, empty when it has none), columns (None for `*`), graphs of FROM …"""

    kind: str = ""
    columns: tuple[str, ...] | None = ()
    ordered: bool = False
    depth: int = 0
    service: Token | None = None
    doubtful: Token | None = None
    update: Token | None = None
    graphs: list[tuple[str, Token]] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str = ""
    undeclared: Token | None = None
    relative: Token | None = None

    def resolve(self, token: Token) -> str:
        """Return the IRI that a token stands for, the empty string for an undeclared prefix."""
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local) if prefix in self.prefixes else ""
        iri = unescaped(token.text[1:-1])
        try:
            return urllib.parse.urljoin(self.base, iri) if self.base else iri
        except ValueError:  # `http://[a`: for the engine to refuse
            return iri


def outline(text: str) -> Outline:
    """Return what a query asks for, read from its tokens alone. A query that is no SPARQL gives what can be made of it."""
    found, words = Outline(), list(tokens(text))
    words += [Token("", "", len(text))] * 3
    level = 0
    for number, token in enumerate(words[:-3]):
        if token.kind == "mark":
            level += (token.text in _OPEN) - (token.text in _SHUT)
            found.depth = max(found.depth, level)
        elif token.kind == "word":
            _read_word(found, token, words[number + 1], words[number + 2])
            found.ordered |= token.upper == "ORDER" and level == 0
            if not found.kind and (kind := _KIND.fullmatch(token.upper)):
                found.kind = kind[1].lower()
                found.columns = _columns(words[number + 1 :]) if found.kind == "select" else ()
        elif token.kind in ("name", "iri"):
            _read_name(found, token, words[number - 1], words[number + 1], words[number - 2].upper == "PREFIX")
    return found


def _read_word(found: Outline, token: Token, after: Token, then: Token) -> None:
    word = token.upper
    if word in UPDATES:
        found.update = found.update or token
    elif "SERVICE" in word:  # the engine needs no space after a keyword: `trueSERVICE<a:b>{}`
        found.service = found.service or token
    elif word == "BASE" and after.kind == "iri":
        found.base = found.resolve(after)
    elif word == "PREFIX" and after.kind == "name" and then.kind == "iri":
        found.prefixes[after.text[:-1]] = found.resolve(then)
    elif start := _FROM.fullmatch(word):
        graph = then if after.upper == "NAMED" and not start[1] else after
        if graph.kind in ("iri", "name"):
            found.graphs.append((found.resolve(graph), graph))


def _read_name(found: Outline, token: Token, before: Token, after: Token, declared: bool) -> None:
    if token.kind == "name":
        prefix = token.text.partition(":")[0]
        glued = _FROM.match(prefix.upper())
        if "SERVICE" in prefix.upper() and after.text == "{":  # `SERVICE:x {}` is a call of :x; `service:x ?p ?o` is none
            found.service = found.service or token
        elif glued and prefix not in found.prefixes and not declared:  # `FROMg:x` names the graph g:x
            graph = Token("name", token.text[glued.end() :], token.start + glued.end())
            found.graphs.append((found.resolve(graph), graph))
        elif before.upper != "PREFIX" and prefix not in found.prefixes:
            found.undeclared = found.undeclared or token
        return
    if not declared and before.upper not in ("BASE", "FROM", "NAMED") and _may_compare(token, before):
        found.doubtful = found.doubtful or token
    if not re.match(r"<[A-Za-z][A-Za-z0-9+.\-]*:", token.text) and not found.base:
        found.relative = found.relative or token


def _may_compare(token: Token, before: Token) -> bool:
    """True when `<…>` may be a comparison to the engine, with a text or a comment opened inside: `?a<'x>' SERVICE … '`."""
    operand = before.kind in ("var", "iri", "name", "string", "lang", "number", "word") or before.text in (")", "]")
    risky = "'" in token.text or "#" in token.text or "SERVICE" in token.text.upper()
    return operand and risky and not re.match(r"<[A-Za-z][A-Za-z0-9+.\-]*://", token.text)


def _columns(rest: list[Token]) -> tuple[str, ...] | None:
    """Return the variables of a SELECT: bare ones, and those named by AS. None for `*`."""
    names, level, before = [], 0, ""
    for token in rest:
        if token.kind == "mark":
            level += (token.text == "(") - (token.text == ")")
            if level == 0 and token.text == "*":
                return None
            if token.text == "{":
                break
        if level == 0 and token.upper in ("WHERE", "FROM"):
            break
        if token.kind == "var" and (level == 0 or (level == 1 and before == "AS")):
            names.append(token.text[1:])
        before = token.upper
    return tuple(names)
