"""`kb init`: a knowledge base of one's own, with one small invented article to look at and replace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.errors import InputError
from kb.facts.schema import FILES, schema_text
from kb.files import write_atomically
from kb.home import Home

_IGNORED = ".kb/\n"


def start(folder: Path) -> list[Path]:
    """Write a new knowledge base into `folder` and return its files. Raises InputError if one would be overwritten."""
    content = dict(_content(Home(folder)))
    for path in content:
        if path.exists():
            raise InputError("is already there; nothing was written", path=path, cure="name a new or empty folder")
    for path, text in content.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    return sorted(content)


def _content(home: Home) -> Iterator[tuple[Path, str]]:
    template = Path(__file__).parent / "starter"
    for source in sorted(template.rglob("*")):
        if source.is_file():
            yield home.root / source.relative_to(template), _own_schema(source.read_bytes().decode("utf-8"))
    for name in FILES:
        yield home.root / "schema" / f"{name}.json", schema_text(name)
    yield home.root / ".gitignore", _IGNORED


def _own_schema(text: str) -> str:
    """Return the text with the editor's schema line led to the copy in the new folder."""
    return text.replace("/kb/schema/", "/schema/")
