"""YAML nodes → frozen objects, by the annotations in `model`. Every fault is kept; none stops the reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from kb import ids, when
from kb.errors import BadIri, Fault, InputError, did_you_mean
from kb.facts.yaml import Mapping, Node, Scalar, Sequence
from kb.form import Date, Degrees, Match, OneOf, Quoted, Ref, Slug
from kb.model import Span

WRONG = object()
SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})(?: +([0-9a-f]{64}))?", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_CLAIM = re.compile(rf"claim:{ids.SLUG}/{ids.SLUG}", re.ASCII)
_ENDS = re.compile(r"[\u2028\u2029\x85]")

_WORDS = {
    "FactFile": "fact file", "Entities": "file of entities", "Events": "file of events", "Questions": "file of questions",
    "Expected": "list of expected counts", "Step": "step of an attribution", "Written": "time of writing",
}  # fmt: skip

Reader = Callable[[Node, "Reading"], Any]


@dataclass(frozen=True, slots=True)
class Use:
    """A name used in a file, and what it may name."""

    name: str
    to: tuple[str, ...]
    line: int


@dataclass(slots=True)
class Reading:
    """What reading one file gathers beside the objects: faults, and names to be found elsewhere."""

    path: str
    faults: list[Fault] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)

    def fault(self, line: int, message: str, cure: str = "") -> Any:
        self.faults.append(Fault(self.path, line, message, cure))
        return WRONG


def read_as(kind: type, node: Node | None, reading: Reading) -> Any:
    """Return `node` as a `kind`, or WRONG after noting why in `reading`."""
    if node is None:
        return reading.fault(1, "nothing in the file", "start it with `kb init`, or remove it")
    return _reader(kind)(node, reading)


@cache
def _reader(hint: Any) -> Reader:
    if is_dataclass(hint):
        return _span if hint is Span else _object(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _reader(next(part for part in parts if part is not type(None)))
    if origin is Annotated:
        return _degrees if isinstance(parts[1], Degrees) else _marked(parts[1])
    if origin is tuple:
        return _many(_reader(parts[0]))
    if origin is dict:
        return _table(_reader(parts[0]), _reader(parts[1]))
    return {str: _text, bool: _truth, int: _whole, Decimal: _number}[hint]


@cache
def keys(kind: type) -> dict[str, str]:
    """Return YAML key → field name of a model class, in the order of the format."""
    return {one.name.replace("_", "-"): one.name for one in fields(kind)}


def _object(kind: type) -> Reader:
    hints = get_type_hints(kind, include_extras=True)
    readers = {key: (name, _reader(hints[name])) for key, name in keys(kind).items()}
    needed = [one.name.replace("_", "-") for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    word = _WORDS.get(kind.__name__, kind.__name__.lower())
    a_word = f"{'an' if word[0] in 'aeiou' else 'a'} {word}"

    def read(node: Node, reading: Reading) -> Any:
        if not isinstance(node, Mapping):
            return reading.fault(node.line, f"{a_word} is written as keys and values", f"its keys are {', '.join(readers)}")
        values: dict[str, Any] = {}
        for key, (line, inner) in node.entries.items():
            if key not in readers:
                reading.fault(line, f"unknown key '{key}' in {a_word}", did_you_mean(key, readers))
                values[""] = WRONG
            else:
                name, reader = readers[key]
                values[name] = reader(inner, reading)
        for key in needed:
            if key not in node.entries:
                values[""] = reading.fault(node.line, f"the {word} has no `{key}:`", f"add `{key}:`")
        return WRONG if WRONG in values.values() else kind(**values)

    return read


def _many(one: Reader) -> Reader:
    def read(node: Node, reading: Reading) -> Any:
        items = node.items if isinstance(node, Sequence) else (node,)
        values = tuple([one(item, reading) for item in items])
        return WRONG if WRONG in values else values

    return read


def _table(key_reader: Reader, value_reader: Reader) -> Reader:
    def read(node: Node, reading: Reading) -> Any:
        if not isinstance(node, Mapping):
            return reading.fault(node.line, "keys and values are expected here", "write `{key: value}`")
        pairs = [(key_reader(Scalar(key, line), reading), value_reader(inner, reading)) for key, (line, inner) in node.entries.items()]
        return WRONG if any(WRONG in pair for pair in pairs) else dict(pairs)

    return read


def _degrees(node: Node, reading: Reading) -> Any:
    items = node.items if isinstance(node, Sequence) else ()
    values = tuple(_number(item, reading) for item in items)
    if WRONG in values:
        return WRONG
    if len(values) != 2 or abs(values[0]) > 90 or abs(values[1]) > 180:
        return reading.fault(node.line, "no point on the earth", "write [latitude, longitude] in degrees: -90 to 90 and -180 to 180")
    return values


def _text(node: Node, reading: Reading) -> Any:
    if not isinstance(node, Scalar):
        return reading.fault(node.line, "one text is expected here, not a list or keys", "quote it if it holds ': ' or starts with [ or {")
    if not node.text.strip():
        return reading.fault(node.line, "nothing is written here", "write a value or remove the key")
    if _ENDS.search(node.text):
        return reading.fault(node.line, "an invisible line separator in the text", "remove it")
    return node.text


def _marked(mark: Any) -> Reader:
    rule = {Slug: _slug, Ref: _ref, OneOf: _one_of, Date: _date, Match: _match, Quoted: _quoted}[type(mark)]

    def read(node: Node, reading: Reading) -> Any:
        text = _text(node, reading)
        return WRONG if text is WRONG else rule(mark, node, reading)

    return read


def _slug(mark: Slug, node: Scalar, reading: Reading) -> Any:
    try:
        return ids.check_id(node.text, graph=mark.graph)
    except BadIri as wrong:
        return reading.fault(node.line, wrong.message, wrong.cure)


def _ref(mark: Ref, node: Scalar, reading: Reading) -> Any:
    name = f"claim:{node.text}" if mark.to == ("claim",) and not node.text.startswith("claim:") else node.text
    if name.startswith("claim:") and "/" in name and not _CLAIM.fullmatch(name):
        return reading.fault(node.line, f"'{name[:80]}' names no claim", "write claim:ID, or claim:ARTICLE/ID for another article's")
    reading.uses.append(Use(name, mark.to, node.line))
    return name


def _one_of(mark: OneOf, node: Scalar, reading: Reading) -> Any:
    word = node.text.replace(" ", "-")
    if word in mark.words:
        return word
    cure = did_you_mean(word, mark.words)
    return reading.fault(node.line, f"'{node.text}' is none of {', '.join(mark.words)}", cure)


def _date(mark: Date, node: Scalar, reading: Reading) -> Any:
    if mark.relative and when.is_relative(node.text):
        return node.text
    try:
        return when.read_edtf(node.text).edtf
    except InputError as wrong:
        return reading.fault(node.line, wrong.message, wrong.cure)


def _match(mark: Match, node: Scalar, reading: Reading) -> Any:
    return node.text if re.fullmatch(mark.pattern, node.text, re.ASCII) else reading.fault(node.line, f"'{node.text[:80]}' is not {mark.what}")


def _quoted(_: Quoted, node: Scalar, reading: Reading) -> Any:
    return node.text if is_quoted(node, reading) else WRONG


def is_quoted(node: Scalar, reading: Reading) -> bool:
    """Say whether a quote is written as one, else note it: YAML takes parts of a bare one for its own, such as ` #3`."""
    if node.plain:
        reading.fault(node.line, "a quote stands without quotation marks", 'write it as quote: "…" or as a block')
    return not node.plain


def _span(node: Node, reading: Reading) -> Any:
    found = SPAN.fullmatch(node.text) if isinstance(node, Scalar) else None
    if not found:
        return reading.fault(node.line, "a span is written START-END, then its digest", "count in characters, or write `quote:` and run `kb anchor`")
    start, end = int(found[1]), int(found[2])
    return Span(start, end, found[3] or "") if start < end else reading.fault(node.line, f"the span {start}-{end} ends before it starts")


def _truth(node: Node, reading: Reading) -> Any:
    word = node.text if isinstance(node, Scalar) else ""
    return word == "true" if word in ("true", "false") else reading.fault(node.line, f"'{word}' is neither true nor false")


def _number(node: Node, reading: Reading) -> Any:
    word = node.text if isinstance(node, Scalar) else ""
    ok = len(word) <= 40 and _NUMBER.fullmatch(word)
    return Decimal(word) if ok else reading.fault(node.line, f"'{word[:40]}' is not a number", "write digits, with a point for decimals")


def _whole(node: Node, reading: Reading) -> Any:
    word = node.text if isinstance(node, Scalar) else ""
    ok = len(word) <= 12 and word.isascii() and word.isdigit()
    return int(word) if ok else reading.fault(node.line, f"'{word[:40]}' is not a whole number")
