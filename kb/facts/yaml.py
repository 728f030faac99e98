"""YAML read strictly: every scalar is the text its author wrote, every node knows its line.

Built on libyaml's events, so a file can nest, alias or tag itself no deeper than we allow. The usual loaders guess
(`NO` is False, `016` is 14, `12:30` is 750), drop doubled keys, and follow aliases until memory ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kb.errors import FactFileError, Fault

MAX_DEPTH = 32
MAX_CHARACTERS = 20_000_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `plain` when it stood without quotes. An empty plain scalar is "nothing written".

    `start` and `end` are offsets into what was read, a block's end being where the next thing may stand.
    """

    text: str
    line: int
    plain: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int
    end: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """`entries` hold each key once, in the order written, with its own line; `starts` where it stands. `flow`: in braces."""

    entries: dict[str, tuple[int, Node]]
    line: int
    starts: dict[str, int] = field(default_factory=dict)
    flow: bool = False
    end: int = 0


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Builder:
    path: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, mark: object, message: str, cure: str = "") -> None:
        self.faults.append(Fault(self.path, mark.line + 1 if mark else 0, message, cure))

    def build(self, events: Iterator, event: object, depth: int) -> Node:
        import yaml

        if depth > MAX_DEPTH:
            raise FactFileError([*self.faults, Fault(self.path, event.start_mark.line + 1, f"nested deeper than {MAX_DEPTH}")])
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            self.fault(event.start_mark, f"alias *{event.anchor}: aliases are not read", "write the value out")
            return Scalar("", line)
        if event.anchor:
            self.fault(event.start_mark, f"anchor &{event.anchor}: anchors are not read", "write the value out where it is used")
        if event.tag and event.tag != "!":
            self.fault(event.start_mark, f"tag {event.tag}: tags are not read", "remove the tag")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, event, depth)
        return self.mapping(events, event, depth)

    def scalar(self, event: object, line: int) -> Scalar:
        if _FORBIDDEN.search(event.value):
            self.fault(event.start_mark, "a control character or lone surrogate in the text", "remove it")
        return Scalar(event.value, line, event.style in (None, ""), event.start_mark.index, event.end_mark.index)

    def sequence(self, events: Iterator, opened: object, depth: int) -> Sequence:
        import yaml

        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.build(events, event, depth + 1))
        end = items[-1].end if items and not opened.flow_style else event.end_mark.index
        return Sequence(tuple(items), opened.start_mark.line + 1, end)

    def mapping(self, events: Iterator, opened: object, depth: int) -> Mapping:
        import yaml

        found: dict[str, tuple[int, Node]] = {}
        starts: dict[str, int] = {}
        end = 0
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key, value = self.build(events, event, depth + 1), self.build(events, next(events), depth + 1)
            end = value.end
            if not isinstance(key, Scalar):
                self.fault(event.start_mark, "a key that is not a plain text")
            elif key.text in found:
                first = found[key.text][0]
                self.fault(event.start_mark, f"the key '{key.text}' stands twice (first in line {first})", "keep one of them")
            else:
                found[key.text] = (key.line, value)
                starts[key.text] = key.start
        return Mapping(found, opened.start_mark.line + 1, starts, bool(opened.flow_style), event.end_mark.index if opened.flow_style else end)


def read_node(text: str, path: str) -> Node | None:
    """Return the one document in `text` as nodes, None when it is empty. Raises FactFileError with every fault found."""
    import yaml

    if len(text) > MAX_CHARACTERS:
        raise FactFileError([Fault(path, 0, f"more than {MAX_CHARACTERS} characters", "split the file")])
    parse_with = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder, node = _Builder(path), None
    events = yaml.parse(text.removeprefix("\ufeff"), Loader=parse_with)
    try:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    builder.fault(event.start_mark, "a second document", "keep one document in a file")
                    break
                node = builder.build(events, next(events), 0)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        builder.fault(mark, f"not YAML: {wrong.problem or wrong.context}", _cure(wrong.problem or ""))
    except yaml.YAMLError as wrong:
        builder.fault(None, f"not YAML: {' '.join(str(wrong).split())[:200]}")
    if builder.faults:
        raise FactFileError(builder.faults)
    return None if node is None or (isinstance(node, Scalar) and node.plain and not node.text) else node


def _cure(problem: str) -> str:
    if "cannot start any token" in problem or "tab" in problem:
        return "indent with spaces, not tabs; quote a text that starts with a special character"
    if "mapping values are not allowed" in problem:
        return "quote a text that contains ': '"
    return ""
