"""The corpus's own files behind pages: the line of a claim in its fact file, and texts that may be shown."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path

from kb.article import read_text
from kb.errors import KbError
from kb.facts import claim_lines, read_source
from kb.files import digest_file
from kb.home import Home

_CLAIM = re.compile(r"- id: ([a-z0-9._-]+)\s*")


class Files:
    """Where things stand in a knowledge base's folder; a folder that is gone gives no places, never an error."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.lines = lru_cache(32)(self._lines)

    @cached_property
    def _fact_files(self) -> dict[str, tuple[Path, str]]:
        try:
            return {Path(name).stem: (path, name) for path, name in self.home.fact_files()}
        except (KbError, OSError):
            return {}

    def place(self, article: str) -> str:
        """Return the fact file of an article as messages show it, empty when it is not there."""
        return self._fact_files.get(article, (None, ""))[1]

    def claim_place(self, article: str, claim: str) -> str:
        """Return `file:line` of a claim, the file alone when the claim no longer stands in it."""
        name = self.place(article)
        line = self.lines(article).get(claim, 0) if name else 0
        return f"{name}:{line}" if line else name

    def _lines(self, article: str) -> dict[str, int]:
        """Return claim id → line. The usual way of writing is read by its look, any other by the reader of fact files."""
        path, name = self._fact_files[article]
        try:
            source = read_source(path, name=name)
            found = {match[1]: number for number, line in enumerate(source.splitlines(), 1) if (match := _CLAIM.fullmatch(line))}
            if len(found) == len(re.findall("^-", source, re.MULTILINE)):
                return found
            return {ident: keys[""] for ident, keys in claim_lines(source, name).items()}
        except (KbError, OSError):
            return {}

    def text(self, sha256: str) -> str | None:
        """Return the text with that digest from `corpus/texts/`, None where there is none."""
        path = self._texts.get(sha256)
        try:
            return read_text(path) if path else None
        except KbError:
            return None

    @cached_property
    def _texts(self) -> dict[str, Path]:
        """Return digest → file."""
        if not self.home.texts.is_dir():
            return {}
        files = (path for path in sorted(self.home.texts.rglob("*")) if path.is_file() and not path.name.startswith("."))
        return {digest_file(path): path for path in files}
