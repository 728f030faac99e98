"""`quote:` → `evidence:` in a fact file, place by place, so that comments and layout stay as the author left them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from kb import article as texts
from kb.errors import FactFileError, Fault, InputError
from kb.facts.read import SPAN, Reading, is_quoted
from kb.facts.yaml import Mapping as Keys
from kb.facts.yaml import Node, Scalar, Sequence, read_node
from kb.model import Span

_KEYS = {"quote": "evidence", "attribution-quote": "attribution-evidence"}
_BREAKS = "\n\r\x85\u2028\u2029"  # what ends a line in YAML 1.1
_LINE_END = re.compile(rf"\r\n|[{_BREAKS}]")
_COMMENT = re.compile(rf"#[^{_BREAKS}]*")
_PLAIN_FORM = "write one key a line, then anchor again"


@dataclass(frozen=True, slots=True)
class Anchored:
    """The new text of the fact file, and how many quotes were placed, digests added, and digests found right."""

    text: str
    placed: int
    added: int
    verified: int


@dataclass(frozen=True, slots=True)
class _Change:
    """The `keys` of a claim that give way to one key `evidence`; alone it keeps its form, and only its spans change."""

    item: Keys
    keys: tuple[str, ...]
    evidence: str
    spans: tuple[Span, ...]

    @property
    def in_place(self) -> bool:
        return self.keys == (self.evidence,)

    def content(self) -> dict[str, Any]:
        """Return key → what is to be read there afterwards, None for a key that is gone."""
        written = [str(span) for span in self.spans]
        is_list = isinstance(self.item.entries[self.evidence][1], Sequence) if self.in_place else len(written) > 1
        return dict.fromkeys(self.keys) | {self.evidence: written if is_list else written[0]}


@dataclass(frozen=True, slots=True)
class _Edit:
    """Characters `start` up to `end` give way to `text`."""

    start: int
    end: int
    text: str


def anchor(source: str, path: str, text: str) -> Anchored:
    """Return the fact file `source` with every quote turned into positions in `text`, and every digest filled in.

    A quote becomes evidence when it stands in the text exactly once, as written or after typographic normalisation.
    Raises FactFileError with every quote that does not and every digest that is wrong, and where the file is written
    in a way that cannot be changed in place; then nothing is to be written.
    """
    body = source.removeprefix("\ufeff")
    reading = Reading(path)
    node = read_node(body, path)
    claims = node.entries.get("claims", (0, None))[1] if isinstance(node, Keys) else None
    items = [item for item in claims.items if isinstance(item, Keys)] if isinstance(claims, Sequence) else []
    if not items:
        raise FactFileError([Fault(path, 1, "no claims to anchor", "a fact file has a list `claims:`")])
    counts = {"placed": 0, "added": 0, "verified": 0}
    finder = texts.Finder(text)
    changes = [change for item in items for change in _changes(item, finder, reading, counts)]
    edits = [edit for change in changes for edit in _edits(change, body, reading)]
    if reading.faults:
        raise FactFileError(reading.faults)
    done = _apply(body, edits)
    _read_back(done, path, node, changes)
    return Anchored(source[: len(source) - len(body)] + done, **counts)


def _changes(item: Keys, finder: texts.Finder, reading: Reading, counts: dict[str, int]) -> Iterator[_Change]:
    for quote, evidence in _KEYS.items():
        old_nodes, new_nodes = _scalars(item, evidence, reading), _scalars(item, quote, reading)
        old = [_checked(node, finder.text, reading, counts) for node in old_nodes]
        new = [_placed(node, finder, reading) for node in new_nodes]
        counts["placed"] += len(new)
        spans = [span for span in (*old, *new) if span is not None]
        keys = tuple(sorted((key for key in (evidence, quote) if key in item.entries), key=item.starts.__getitem__))
        if not spans or len(spans) < len(old) + len(new):
            continue
        if not new and all(SPAN.fullmatch(node.text)[3] for node in old_nodes):
            continue
        yield _Change(item, keys, evidence, tuple(sorted(set(spans)) if quote in keys else spans))


def _scalars(item: Keys, key: str, reading: Reading) -> list[Scalar]:
    node: Node | None = item.entries.get(key, (0, None))[1]
    items = node.items if isinstance(node, Sequence) else [node] if node is not None else []
    for one in items:
        if not isinstance(one, Scalar):
            reading.fault(one.line, f"`{key}:` takes one text or a list of texts", "quote it if it holds ': ' or starts with [ or {")
    return [one for one in items if isinstance(one, Scalar)]


def _placed(node: Scalar, finder: texts.Finder, reading: Reading) -> Span | None:
    if not is_quoted(node, reading):
        return None
    try:
        return finder.find(node.text)
    except InputError as wrong:
        reading.fault(node.line, wrong.message, wrong.cure)
        return None


def _checked(node: Scalar, text: str, reading: Reading, counts: dict[str, int]) -> Span | None:
    found = SPAN.fullmatch(node.text)
    if not found:
        reading.fault(node.line, "a span is written START-END, then its digest")
        return None
    span = Span(int(found[1]), int(found[2]), found[3] or "")
    problem = texts.verify(text, span if span.sha256 else _guess(text, span))
    if problem:
        reading.fault(node.line, problem.message, problem.cure)
        return None
    counts["verified" if span.sha256 else "added"] += 1
    return span if span.sha256 else texts.fill(text, span)


def _guess(text: str, span: Span) -> Span:
    """Return a span without digest as one that only its place can fault."""
    return replace(span, sha256=texts.digest(text[span.start : span.end]))


def _edits(change: _Change, source: str, reading: Reading) -> Iterator[_Edit]:
    """Yield the edits that put `evidence:` where the first of the keys stands and take the others away."""
    item = change.item
    if change.in_place:
        nodes = _scalars(item, change.evidence, reading)
        yield from (_Edit(node.start, _end(source, node), str(span)) for node, span in zip(nodes, change.spans, strict=True))
        return
    for place, key in enumerate(change.keys):
        start = item.starts[key]
        line = max(source.rfind(sign, 0, start) for sign in _BREAKS) + 1
        prefix = source[line:start]
        if item.flow or prefix.strip(" \t-"):
            reading.fault(item.entries[key][0], f"`{key}:` shares its line or its braces with other keys", _PLAIN_FORM)
            return
        scalars, last = _scalars(item, key, reading), item.entries[key][1]
        end = _end(source, scalars[-1] if scalars and last.end == scalars[-1].end else last)
        remarks = [*_remarks(source, start, scalars, end)]
        if place:
            after = _LINE_END.search(source, end)
            remarks += _COMMENT.findall(source[end : after.start() if after else len(source)])
            end, written = after.end() if after else len(source), ""
        else:
            written = prefix + _written(" " * len(prefix), change.evidence, change.spans, _line_end(source))
        indent = prefix[: len(prefix) - len(prefix.lstrip(" \t"))]
        yield _Edit(line, end, "".join(f"{indent}{remark}{_line_end(source)}" for remark in remarks) + written)


def _end(source: str, node: Node) -> int:
    """Return where a value ends: a block's with its last line that is not empty, so that the empty ones behind it stay."""
    if not isinstance(node, Scalar) or node.end == node.start or source[node.start] not in "|>":
        return node.end
    found = _LINE_END.search(source, node.start + len(source[node.start : node.end].rstrip()))
    return found.start() if found else len(source)


def _remarks(source: str, start: int, scalars: list[Scalar], end: int) -> Iterator[str]:
    """Yield the comments between a key and the end of its value, which stand on no line that stays."""
    for scalar in scalars:
        yield from _COMMENT.findall(source[start : scalar.start])
        if source[scalar.start : scalar.start + 1] in ("|", ">"):
            yield from _COMMENT.findall(_LINE_END.split(source[scalar.start : scalar.end], maxsplit=1)[0])
        start = _end(source, scalar)
    yield from _COMMENT.findall(source[start:end])


def _line_end(source: str) -> str:
    found = _LINE_END.search(source)
    return found[0] if found else "\n"


def _written(indent: str, key: str, spans: tuple[Span, ...], line_end: str) -> str:
    if len(spans) == 1:
        return f"{key}: {spans[0]}"
    return line_end.join([f"{key}:", *(f"{indent}- {span}" for span in spans)])


def _apply(source: str, edits: list[_Edit]) -> str:
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [source[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, source[at:]])


def _read_back(done: str, path: str, node: Node, changes: list[_Change]) -> None:
    """Raise FactFileError unless `done` reads as what was there with the changes: what does not read is never written."""
    wanted: dict[int, dict[str, Any]] = {}
    for change in changes:
        wanted.setdefault(id(change.item), {}).update(change.content())
    try:
        found = read_node(done, path)
    except FactFileError:
        found = None
    if found is None or _content(found, {}) != _content(node, wanted):
        line = min((change.item.line for change in changes), default=1)
        raise FactFileError([Fault(path, line, "the quotes cannot be replaced as the file is written; it stays as it was", _PLAIN_FORM)])


def _content(node: Node, changed: dict[int, dict[str, Any]]) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_content(item, changed) for item in node.items]
    after = {key: _content(inner, changed) for key, (_, inner) in node.entries.items()} | changed.get(id(node), {})
    return {key: content for key, content in after.items() if content is not None}
