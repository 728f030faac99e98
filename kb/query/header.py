"""Stored queries: a `.rq` file that runs in any SPARQL tool, with a header of `#+` lines that says what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.errors import BadIri, FactFileError, Fault, QueryHeaderError, did_you_mean
from kb.facts.yaml import Mapping, Node, Scalar, Sequence, read_node
from kb.query.join import ITEM, complaints, is_join
from kb.query.slots import param_slots
from kb.query.tokens import Outline, Token, outline, place
from kb.rows import iri
from kb.vocab import PREFIXES

PLAIN = frozenset({"string", "date", "integer"})
TYPES = ("iri", "entity", "event", "article", "question", "claim", "concept", "string", "date", "integer")
SCOPES = ("", "article", "corpus")
SEVERITIES = ("error", "warning", "info")
CHECK_COLUMNS = ("entity", "property", "value")
VIEWS = {  # how a page may draw a SELECT: of each group it needs one column
    "timeline": (("earliest", "time", "said"),),
    "bar": (("claims", "contradictions", "value", "amount"),),
    "map": (("latitude",), ("longitude",)),
}
JOINED = "wikidata"  # the folder of queries of which one part is for Wikidata
_KEYS = ("summary", "kind", "params", "columns", "problem", "fix", "severity", "scope", "view")
_PARAM_KEYS = ("type", "about", "default")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Param:
    """A value the query takes: `VALUES ?name { UNDEF }` in its text. The default of a name is an IRI, so that it needs no store."""

    name: str
    type: str
    about: str = ""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """One file of `queries/`. `folder` is its kind of use (ask, check, derive, wikidata), `kind` that of SPARQL."""

    name: str
    path: Path
    folder: str
    kind: str
    text: str
    summary: str = ""
    params: dict[str, Param] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    problem: str = ""
    fix: str = ""
    severity: str = "error"
    scope: str = ""
    view: str = ""


def read_query(path: str | Path) -> StoredQuery:
    """Return the stored query in a file. Raises QueryHeaderError with every fault of it."""
    path = Path(path)
    reading = _Reading(path.as_posix())
    query = reading.read(path)
    if reading.faults:
        raise QueryHeaderError(reading.faults)
    return query


def loose_query(content: bytes, shown: str) -> StoredQuery:
    """Return a query of the user's own, from a file or stdin: a header is read where there is one, our rules are not asked for.

    Raises QueryHeaderError.
    """
    reading = _Reading(shown)
    text = reading.decoded(content)
    query = None if text is None else reading.query(Path(shown), text, "")
    if query is None or reading.faults:
        raise QueryHeaderError(reading.faults)
    return query


def stored_queries(folders: Iterable[str | Path], *, only: str = "*") -> list[StoredQuery]:
    """Return the queries of `folders/*/*.rq`, by folder and name; an earlier folder hides the same name of a later one.

    `only` names the one kind wanted: ask, check, derive or wikidata.

    Raises QueryHeaderError with the faults of all.
    """
    found: dict[tuple[str, str], StoredQuery] = {}
    faults: list[Fault] = []
    for path in (path for folder in folders for path in sorted(Path(folder).glob(f"{only}/*.rq"))):
        try:
            found.setdefault((path.parent.name, path.stem), read_query(path))
        except QueryHeaderError as error:
            faults += error.faults
    if faults:
        raise QueryHeaderError(faults)
    return [found[key] for key in sorted(found)]


@dataclass(slots=True)
class _Reading:
    shown: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, message: str, cure: str = "") -> None:
        self.faults.append(Fault(self.shown, line, message, cure))

    def read(self, path: Path) -> StoredQuery | None:
        if not _NAME.fullmatch(path.stem):
            self.fault(
                0, f"{path.stem!r} is no name of a query", "use small letters, digits and single hyphens, and end in .rq"
            )
        try:
            text = self.decoded(path.read_bytes())
        except OSError as error:
            return self.fault(0, f"cannot be read: {error.strerror}")
        return None if text is None else self.query(path, text, path.parent.name)

    def decoded(self, content: bytes) -> str | None:
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return self.fault(0, "not UTF-8", "save it as UTF-8")

    def query(self, path: Path, text: str, folder: str) -> StoredQuery:
        """Read header and text. With a folder, it is a stored query and keeps our rules; a loose one has none to keep."""
        found, header = outline(text), self.header(text)
        if self.faults:  # it is no YAML: what else would be missing is not
            return StoredQuery(path.stem, path, folder, found.kind, text)
        keys = self.keys(header, _KEYS, "the header") if folder or header is not None else {}
        words = {key: self.text(key, node) for key, (_, node) in keys.items() if key not in ("params", "columns")}
        params = {param.name: param for param in self.params(keys.get("params"))}
        columns = self.columns(keys.get("columns"))
        if words.pop("kind", found.kind) != found.kind:
            self.fault(keys["kind"][0], "the query is of another kind", f"it is {found.kind}; leave `kind:` out")
        if folder:
            self.check_header(words, keys, folder)
            self.check_text(text, found, folder)
            self.check_columns(found, columns, keys, folder)
            self.check_view(words.get("view", ""), columns, keys)
        self.check_slots(text, params, keys, {ITEM} if folder == JOINED or (not folder and is_join(text)) else set())
        return StoredQuery(
            path.stem, path, folder, found.kind, text, params=params, columns=columns or found.columns or (), **words
        )

    def header(self, text: str) -> Node | None:
        """Read the `#+` lines at the top as YAML; lines keep their numbers."""
        lines = []
        for line in text.split("\n"):
            if not line.startswith("#+"):
                break
            lines.append(line[2:].removeprefix(" "))
        try:
            return read_node("\n".join(lines), self.shown)
        except FactFileError as error:
            self.faults += error.faults
            return None

    def keys(self, node: Node | None, known: tuple[str, ...], what: str) -> dict[str, tuple[int, Node]]:
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.fault(node.line, f"{what} is not a list of `key: value`", f"it takes {', '.join(known)}")
            return {}
        for key, (line, _) in node.entries.items():
            if key not in known:
                self.fault(line, f"{what} has no key '{key}'", did_you_mean(key, known) or f"it takes {', '.join(known)}")
        return {key: entry for key, entry in node.entries.items() if key in known}

    def text(self, key: str, node: Node) -> str:
        if isinstance(node, Scalar) and node.text.strip():
            return node.text.strip()
        self.fault(node.line, f"'{key}' is not a text", "write it on one line; quote it if it holds ': ' or ' #'")
        return ""

    def params(self, entry: tuple[int, Node] | None) -> Iterator[Param]:
        if entry is None or self.failed_map("params", entry[1]):
            return
        for name, (line, node) in entry[1].entries.items():
            keys = self.keys(node, _PARAM_KEYS, f"the parameter '{name}'")
            words = {key: self.text(key, value) for key, (_, value) in keys.items()}
            if not _VARIABLE.fullmatch(name):
                self.fault(line, f"{name!r} is no name of a parameter", "use the variable's name without ?")
            if words.get("type") not in TYPES:
                cure = did_you_mean(words.get("type", ""), TYPES) or f"one of {', '.join(TYPES)}"
                self.fault(line, f"the parameter '{name}' has no type that we know", cure)
            if not words.get("about"):
                self.fault(line, f"the parameter '{name}' does not say what it is", "add `about:`")
            if words.get("default") and words.get("type") in TYPES and words["type"] not in PLAIN:
                words["default"] = self.default(line, words["default"])
            yield Param(name, words.get("type", ""), words.get("about", ""), words.get("default"))

    def default(self, line: int, word: str) -> str:
        """Return the IRI of a default, which may be written with a prefix of ours: `type:withdrawal`."""
        prefix, _, local = word.partition(":")
        try:
            return iri(PREFIXES[prefix] + local if prefix in PREFIXES else word).value
        except BadIri as error:
            self.fault(line, f"the default is no IRI: {error.message}", "write it like  default: type:withdrawal")
            return ""

    def failed_map(self, key: str, node: Node) -> bool:
        if not isinstance(node, Mapping):
            self.fault(node.line, f"'{key}' is not a list of `name: {{type: …, about: …}}`")
        return not isinstance(node, Mapping)

    def columns(self, entry: tuple[int, Node] | None) -> tuple[str, ...]:
        if entry is None:
            return ()
        node = entry[1]
        if not isinstance(node, Sequence) or not all(isinstance(item, Scalar) for item in node.items):
            self.fault(node.line, "'columns' is not a list of names", "write it like  columns: [claim, label]")
            return ()
        return tuple(item.text.removeprefix("?") for item in node.items)

    def check_header(self, words: dict[str, str], keys: dict[str, tuple[int, Node]], folder: str) -> None:
        if "summary" not in keys:
            self.fault(1, "the header has no summary", "start the file with  #+ summary: What does it answer?")
        if words.get("scope", "") not in SCOPES:
            self.fault(keys["scope"][0], f"no scope {words['scope']!r}", f"one of {', '.join(filter(None, SCOPES))}")
        if words.get("severity", "error") not in SEVERITIES:
            self.fault(keys["severity"][0], f"no severity {words['severity']!r}", f"one of {', '.join(SEVERITIES)}")
        for key in ("problem", "fix"):
            if folder == "check" and key not in keys:
                self.fault(1, f"a check has a {key}", f"add  #+ {key}: …")

    def check_view(self, view: str, columns: tuple[str, ...], keys: dict[str, tuple[int, Node]]) -> None:
        if "view" in keys and view not in VIEWS:
            self.fault(keys["view"][0], f"no view {view!r}", did_you_mean(view, VIEWS) or f"one of {', '.join(VIEWS)}")
        for group in VIEWS.get(view, ()):
            if not set(columns) & set(group):
                self.fault(keys["view"][0], f"a {view} needs a column {' or '.join(group)}", "name one in the SELECT, or leave `view:` out")

    def check_text(self, text: str, found: Outline, folder: str) -> None:
        def at(token: Token) -> int:
            return place(text, token.start)[0]

        if not found.kind:
            self.fault(0, "holds no SELECT, ASK, CONSTRUCT or DESCRIBE")
        if found.update:
            self.fault(at(found.update), f"a stored query only reads: {found.update.upper}")
        if found.service:
            self.fault(at(found.service), "SERVICE asks another server", f"a query for Wikidata too belongs to the folder {JOINED}/")
        for token, message, cure in complaints(text) if folder == JOINED else ():
            self.fault(at(token) if token else 0, message, cure)
        for _, token in found.graphs:
            self.fault(at(token), "FROM leaves out graphs", "leave FROM out: a query reads the union of all graphs")
        if found.undeclared:
            prefix = found.undeclared.text.partition(":")[0]
            self.fault(
                at(found.undeclared), f"the prefix '{prefix}:' is not declared", "add a PREFIX line: the file runs in any tool"
            )
        if found.kind == "select" and not found.ordered:
            self.fault(0, "the SELECT has no ORDER BY", "end it with ORDER BY, so that its rows always come in one order")

    def check_columns(self, found: Outline, columns: tuple[str, ...], keys: dict[str, tuple[int, Node]], folder: str) -> None:
        line = keys["columns"][0] if "columns" in keys else 1
        if found.kind != "select":
            if columns:
                self.fault(line, "only a SELECT has columns", "leave `columns:` out")
            return
        if found.columns is None:
            self.fault(0, "SELECT * names no columns", "write the variables out")
        elif columns != found.columns:
            self.fault(line, "the columns are not those of the SELECT", f"write  #+ columns: [{', '.join(found.columns)}]")
        if folder == "check" and columns[:3] != CHECK_COLUMNS:
            self.fault(line, "a check returns ?entity ?property ?value", "name its first columns so")

    def check_slots(self, text: str, params: dict[str, Param], keys: dict[str, tuple[int, Node]], filled: set[str]) -> None:
        slots = [name for name, _ in param_slots(text)]
        entries = keys["params"][1].entries if "params" in keys and isinstance(keys["params"][1], Mapping) else {}
        for param in params.values():
            if slots.count(param.name) != 1:
                times = "no" if param.name not in slots else f"{slots.count(param.name)} times a"
                message = f"the parameter '{param.name}' has {times} line  VALUES ?{param.name} {{ UNDEF }}"
                self.fault(entries[param.name][0], message, "write that line once, inside WHERE")
        for name in sorted(set(slots) - set(params) - filled) if keys else ():
            self.fault(
                0, f"VALUES ?{name} {{ UNDEF }} belongs to no parameter", f"add it to params:  {name}: {{type: …, about: …}}"
            )
