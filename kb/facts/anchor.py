"""`quote:` → `evidence:` in a fact file, line by line, so that comments and layout stay as the author left them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kb import article as texts
from kb.errors import FactFileError, Fault, InputError
from kb.facts.read import Reading
from kb.facts.yaml import Mapping as Keys
from kb.facts.yaml import Node, Scalar, Sequence, read_node
from kb.model import Span

_KEYS = {"quote": "evidence", "attribution-quote": "attribution-evidence"}
_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})(?: +([0-9a-f]{64}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Anchored:
    """The new text of the fact file, and how many quotes were placed, digests added, and digests found right."""

    text: str
    placed: int
    added: int
    verified: int


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines `first` up to `last` (from 1, `last` excluded) give way to `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


def anchor(source: str, path: str, text: str) -> Anchored:
    """Return the fact file `source` with every quote turned into positions in `text`, and every digest filled in.

    A quote becomes evidence when it stands in the text exactly once, as written or after typographic normalisation.
    Raises FactFileError with every quote that does not and every digest that is wrong; then nothing is to be written.
    """
    reading = Reading(path)
    node = read_node(source, path)
    claims = node.entries.get("claims", (0, None))[1] if isinstance(node, Keys) else None
    items = [item for item in claims.items if isinstance(item, Keys)] if isinstance(claims, Sequence) else []
    if not items:
        raise FactFileError([Fault(path, 1, "no claims to anchor", "a fact file has a list `claims:`")])
    counts = {"placed": 0, "added": 0, "verified": 0}
    finder, lines = texts.Finder(text), source.splitlines(keepends=True)
    edits = [edit for item in items for edit in _edits(item, finder, lines, reading, counts)]
    if reading.faults:
        raise FactFileError(reading.faults)
    return Anchored(_apply(lines, edits), **counts)


def _edits(item: Keys, finder: texts.Finder, lines: list[str], reading: Reading, counts: dict[str, int]) -> Iterator[_Edit]:
    for quote, evidence in _KEYS.items():
        old = [_checked(node, finder.text, reading, counts) for node in _scalars(item, evidence)]
        new = [_placed(node, finder, reading) for node in _scalars(item, quote)]
        counts["placed"] += len(new)
        spans = [span for span in (*old, *new) if span is not None]
        keys = [key for key in (evidence, quote) if key in item.entries]
        if not spans or len(spans) < len(old) + len(new):
            continue
        if not new and all(_SPAN.fullmatch(node.text)[3] for node in _scalars(item, evidence)):
            continue
        yield from _replace(item, keys, evidence, sorted(set(spans)) if quote in keys else spans, lines, reading)


def _scalars(item: Keys, key: str) -> list[Scalar]:
    node: Node | None = item.entries.get(key, (0, None))[1]
    items = node.items if isinstance(node, Sequence) else [node] if node is not None else []
    return [one for one in items if isinstance(one, Scalar)]


def _placed(node: Scalar, finder: texts.Finder, reading: Reading) -> Span | None:
    try:
        return finder.find(node.text)
    except InputError as wrong:
        reading.fault(node.line, wrong.message, wrong.cure)
        return None


def _checked(node: Scalar, text: str, reading: Reading, counts: dict[str, int]) -> Span | None:
    found = _SPAN.fullmatch(node.text)
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


def _replace(item: Keys, keys: list[str], evidence: str, spans: list[Span], lines: list[str], reading: Reading) -> Iterator[_Edit]:
    """Yield the edits that put `evidence:` where the first of `keys` stands and take the others away."""
    starts = sorted(line for line, _ in item.entries.values())
    for place, key in enumerate(sorted(keys, key=lambda key: item.entries[key][0])):
        first = item.entries[key][0]
        if starts.count(first) > 1:
            reading.fault(first, f"`{key}:` shares its line with other keys", "write one key a line, then anchor again")
            return
        prefix = re.match(r"[\s-]*", lines[first - 1])[0]
        last = first + 1
        while last <= len(lines) and _goes_on(lines[last - 1], len(prefix)):
            last += 1
        while not lines[last - 2].strip():
            last -= 1  # the empty line before the next claim stays
        yield _Edit(first, last, () if place else tuple(_written(prefix, evidence, spans)))


def _goes_on(line: str, indent: int) -> bool:
    """Say whether a line still belongs to a key indented by `indent`: deeper, empty, or a list item at the key's depth."""
    stripped = line.strip()
    depth = len(line) - len(line.lstrip(" "))
    return not stripped or (stripped.startswith("- ") and depth == indent) or depth > indent


def _written(prefix: str, key: str, spans: list[Span]) -> Iterator[str]:
    if len(spans) == 1:
        yield f"{prefix}{key}: {spans[0]}\n"
        return
    yield f"{prefix}{key}:\n"
    for span in spans:
        yield f"{' ' * len(prefix)}- {span}\n"


def _apply(lines: list[str], edits: list[_Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
        lines[edit.first - 1 : edit.last - 1] = edit.lines
    return "".join(lines)
