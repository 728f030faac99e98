"""From a node of the graph back to the line of the file that says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.errors import KbError
from kb.facts import Names, claim_lines, read_source
from kb.home import Home
from kb.judgement import WIKIDATA

_PARTS = {"naming": "written", "flag": "flags", "about": "event", "event-type": "type", "supports-answer": "answers", "origin": "origin"}
_CAMEL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(slots=True)
class Places:
    """Finds file, line and claim of a node. `paths`: article id → the name shown of its fact file."""

    home: Home
    base: str
    paths: Mapping[str, str]
    names: Names
    _lines: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def find(self, focus: str, path: str = "") -> tuple[str, int, str]:
        """Return (path shown, line or 0, claim id or "") for a node, and a property of it."""
        kind, _, rest = focus.removeprefix(f"{self.base}id/").partition("/")
        if kind == "claim" and "/" in rest:
            article, claim, *below = rest.split("/")
            key = below[0] if below else _CAMEL.sub("-", path).lower()
            return (*self._claim_line(article, claim, _PARTS.get(key, key)), claim)
        if kind == "article" and rest in self.paths:
            return self.paths[rest], 1, ""
        if kind in ("entity", "event", "question"):
            name = rest.split("/")[0]
            where = self.names.places.get(f"question {name}" if kind == "question" else name, "")
            file, _, line = where.rpartition(":")
            return (file, int(line), "") if where else ("", 0, "")
        return (self.home.shown(self.home.fetched), 0, "") if focus.startswith(WIKIDATA) else ("", 0, "")

    def _claim_line(self, article: str, claim: str, key: str) -> tuple[str, int]:
        path = self.paths.get(article, "")
        if path and path not in self._lines:
            try:
                self._lines[path] = claim_lines(read_source(self.home.root / path, name=path), path)
            except KbError:
                self._lines[path] = {}  # gone or broken meanwhile: the finding still names the file
        keys = self._lines.get(path, {}).get(claim, {})
        return path, keys.get(key, keys.get("", 0))


def short(iri: str, base: str) -> str:
    """Return an IRI of ours without its base, another's as it is."""
    return iri.removeprefix(f"{base}id/") if iri.startswith(f"{base}id/") else iri
