"""Where things lie: a knowledge base's folder, and the ontology, shapes and queries that travel with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import InputError

_NAMES = ("events.yaml", "events.yml", "questions.yaml", "questions.yml")
_OTHER = frozenset({"corpus.yaml", *_NAMES})
_FOLDERS = frozenset({"entities", "links", "texts"})


def shipped(name: str) -> Path:
    """Return the folder `ontology` or `queries`: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name


@dataclass(frozen=True, slots=True)
class Home:
    """One knowledge base: `corpus/`, perhaps its own `queries/` and `ontology/`, and the cache `.kb/`."""

    root: Path

    @property
    def corpus(self) -> Path:
        return self.root / "corpus"

    @property
    def config(self) -> Path:
        return self.corpus / "corpus.yaml"

    @property
    def texts(self) -> Path:
        return self.corpus / "texts"

    @property
    def cache(self) -> Path:
        return self.root / ".kb"

    @property
    def current(self) -> Path:
        """The published version: a link, swapped by each build."""
        return self.cache / "current"

    @property
    def store(self) -> Path:
        return self.current / "store"

    @property
    def ontology(self) -> Path:
        own = self.root / "ontology"
        return own if (own / "kb.ttl").is_file() else shipped("ontology")

    @property
    def queries(self) -> list[Path]:
        """Query folders, the knowledge base's own first: a name there hides the same name of ours."""
        own, ours = self.root / "queries", shipped("queries")
        return [own, ours] if own.is_dir() and own.resolve() != ours.resolve() else [ours]

    @property
    def http(self) -> Path:
        """The answers of public services, kept."""
        return self.cache / "http"

    @property
    def link_index(self) -> Path:
        """The names of items of Wikidata that candidates for links are found in; made by `kb link index`."""
        return self.cache / "wikidata.index"

    def shown(self, path: Path) -> str:
        """Return a path as messages show it: below the knowledge base, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def fact_files(self) -> list[tuple[Path, str]]:
        """Return every fact file with the name shown for it, in the order of that name."""
        start = str(self.corpus)
        found = ((path, f"corpus/{path[len(start) + 1 :]}") for path in _yaml_below(start, top=True))
        return sorted(((Path(path), name) for path, name in found), key=lambda pair: pair[1])

    def name_files(self) -> list[tuple[Path, str]]:
        """Return the files of entities (at any depth), events and questions, in order."""
        folder = self.corpus / "entities"
        entities = sorted(map(Path, _yaml_below(str(folder)))) if folder.is_dir() else []
        others = [path for name in _NAMES if (path := self.corpus / name).is_file()]
        return [(path, self.shown(path)) for path in [*entities, *others]]

    def link_files(self) -> list[tuple[Path, str]]:
        """Return the files of judged links, in order; `predictions.sssom.tsv` holds candidates and is none."""
        files = sorted((self.corpus / "links").glob("*.tsv"))
        return [(path, self.shown(path)) for path in files if path.name != "predictions.sssom.tsv"]

    @property
    def fetched(self) -> Path:
        """What Wikidata says of the linked items, kept in git; made by `kb link enrich`."""
        return self.corpus / "links" / "wikidata.nt"

    def fetched_files(self) -> list[tuple[Path, str]]:
        """Return that file, if it is there."""
        return [(self.fetched, self.shown(self.fetched))] if self.fetched.is_file() else []

    def align_files(self) -> list[tuple[Path, str]]:
        """Return the alignments of the ontology with other vocabularies, in order."""
        return [(path, self.shown(path)) for path in sorted((self.ontology / "align").glob("*.sssom.tsv"))]

    def ontology_files(self) -> list[Path]:
        return sorted(self.ontology.glob("*.ttl"))

    def shape_files(self) -> list[Path]:
        return sorted((self.ontology / "shapes").glob("*.ttl"))


def _yaml_below(folder: str, *, top: bool = False) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError as wrong:
        raise InputError(f"cannot be read: {wrong.strerror}", path=folder) from None
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not (top and entry.name in _FOLDERS):
                yield from _yaml_below(entry.path)
        elif entry.name.lower().endswith((".yaml", ".yml")) and not (top and entry.name in _OTHER):
            yield entry.path


def find_home(start: Path) -> Home:
    """Return the knowledge base at `start` or the nearest folder above it. Raises InputError when there is none."""
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / "corpus" / "corpus.yaml").is_file():
            return Home(folder)
    cure = "go to a folder that has one, name it with --dir, or start one with `kb init DIR`"
    raise InputError("no knowledge base here: corpus/corpus.yaml is missing", path=start, cure=cure)
