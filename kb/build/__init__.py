"""The build: fact files → quads → checked → stored → published, with as little done again as what changed allows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from kb import __version__, check, link
from kb.build.across import missing_claims, other_texts, taken_twice
from kb.build.articles import Job, Progress, check_entries, digest_quads, is_whole, map_files, named_quads, write_quads
from kb.build.derived import derive
from kb.build.graphs import graph_files, same_as_file
from kb.build.manifest import Entry, Manifest, as_rows
from kb.build.names import names_of
from kb.build.versions import make_version, publish, published, tidy
from kb.check import shacl
from kb.errors import FactFileError, Fault, InputError, StoreError
from kb.export import dataset_quads
from kb.facts import Names, read_corpus
from kb.files import digest_file, lock, remove_leftovers, write_atomically
from kb.home import Home
from kb.ids import Mint
from kb.model import Finding
from kb.quads import VERSION, alignment_quads, entity_quads, event_quads, fetched_quads, link_quads, question_quads
from kb.store import file_lines, turtle_quads

__all__ = ["Report", "build", "graph_files", "same_as_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did. `looked_at` counts what its checks examined, `derived` the questions that were compared anew;
    `notes` are sentences for the reader."""

    findings: tuple[Finding, ...] = ()
    looked_at: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    read: int = 0
    derived: int = 0
    is_published: bool = False
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)


def _silent(_step: str, _done: int, _all: int) -> None:
    pass


def build(
    home: Home, *, wait: bool = False, full: bool = False, keep: bool = True, thorough: bool = False, progress: Progress = _silent
) -> Report:
    """Bring the store up to the corpus and publish it if no check found an error; without `keep`, only check.

    pySHACL looks at every article of a small corpus; of a large one at those that do not plainly keep every rule, unless
    `thorough` is asked for, which goes with `full`.

    A build that fails, or is killed at any point, leaves the published version as it was.
    Raises StoreBusy when another build runs (unless `wait`), FactFileError never: faults are findings.
    """
    started = time.perf_counter()
    _make_cache(home)
    with lock(home.cache / "lock", wait=wait):
        report = _Build(home, full or thorough, thorough, progress).run(keep)
    return replace(report, seconds=time.perf_counter() - started)


def _make_cache(home: Home) -> None:
    try:
        home.cache.mkdir(exist_ok=True)
    except OSError as wrong:
        raise StoreError(f"cannot be made: {wrong.strerror}", path=home.cache, cure="a folder must be writable there") from None


THOROUGH_TO = 20  # articles up to which pySHACL looks at all of them: it takes under 10 s


class _Build:
    """One run. Each step adds to `faults`, `notes` or the manifest."""

    def __init__(self, home: Home, full: bool, thorough: bool, progress: Progress) -> None:
        self.home, self.thorough, self.progress = home, thorough, progress
        self.faults: list[Fault] = []
        self.derived = 0
        self.folder, self.old, why = (None, None, "") if full else published(home)
        self.notes = [f"{why}; building anew from the corpus"] if why else []
        (home.cache / "quads").mkdir(parents=True, exist_ok=True)
        remove_leftovers(home.cache / "quads")

    def run(self, keep: bool) -> Report:
        with self.gathering():
            self.corpus = read_corpus(self.home.config, name="corpus/corpus.yaml")
        if self.faults:
            return self.report_faults()
        self.mint = Mint(self.corpus.base)
        self.engine = f"{_engine(self.home)} {self.corpus.base}"
        if self.old and self.old.engine != self.engine:
            self.notes.append("ontology, shapes, checks, base IRI or kb changed: everything is made anew")
            self.folder = self.old = None
        names_digest = self.names_digest()
        self.same_names = self.old is not None and self.old.names == names_digest
        names = self.read_names(names_digest)
        with self.gathering():
            self.links = link.read_judgements(self.home.link_files())
        with self.gathering():
            self.aligned = link.read_alignments(self.home.align_files())
        with self.gathering():
            self.fetched = link.read_fetched(self.home.fetched_files())
        entries, fresh = self.read_articles(names)
        if self.faults:
            return self.report_faults(read=len(fresh))
        manifest = self.manifest(entries, names_digest, names)
        folder, manifest = make_version(
            self.home, manifest, (self.folder, self.old), lambda made, store: self.finished(made, store, names)
        )
        report = self.examine(manifest, folder, names, len(fresh))
        write_atomically(folder / "report.json", json.dumps(asdict(report), ensure_ascii=False, indent=1))
        if keep and not report.errors:
            publish(self.home, folder, manifest)
            return replace(report, is_published=True)
        tidy(self.home, manifest)
        return report

    @contextmanager
    def gathering(self) -> Iterator[None]:
        try:
            yield
        except FactFileError as wrong:
            self.faults += wrong.faults

    def names_digest(self) -> str:
        files = "\n".join(f"{name} {_digest(path)}" for path, name in self.home.name_files())
        return sha256(files.encode()).hexdigest()

    def read_names(self, digest: str) -> Names:
        names = Names(is_known=False)
        with self.gathering():
            names = names_of(self.home, digest, self.engine)
        return names

    def read_articles(self, names: Names) -> tuple[list[Entry], list[Entry]]:
        """Return an entry for every fact file, and those of them that were read and checked now."""
        files = self.home.fact_files()
        if not files:
            self.faults.append(Fault("corpus", 0, "no fact file: an empty corpus is not built", "add one, or look at `kb init`"))
        shown = self.texts_at_hand()
        kept, stale = self.kept_and_stale(files, names, shown)
        checks = tuple(one for one in check.check_queries(self.home) if one.scope == "article")
        job = Job(
            names=names, mint=self.mint, cache=self.home.cache, shapes=tuple(self.home.shape_files()), checks=checks, texts=shown,
            named=named_quads(names, self.mint) if stale else {}, thorough=self.thorough or len(files) <= THOROUGH_TO,
        )  # fmt: skip
        read, faults = map_files(stale, job, self.progress)
        self.faults += faults + taken_twice([*kept, *read]) + missing_claims([*kept, *read])
        fresh = check_entries(read, job, self.progress)
        return [*kept, *fresh], fresh

    def kept_and_stale(
        self, files: list[tuple[Path, str]], names: Names, shown: dict[str, Path]
    ) -> tuple[list[Entry], list[tuple[Path, str]]]:
        """Tell the files whose last reading still holds from those that must be read."""
        kept, stale = [], []
        for path, name in files:
            entry = self.old.entries.get(name) if self.old else None
            if entry is not None and self.holds(entry, path, names, shown):
                kept.append(entry)
            else:
                stale.append((path, name))
        return kept, stale

    def holds(self, entry: Entry, path: Path, names: Names, shown: dict[str, Path]) -> bool:
        """Say whether what was read then is what would be read now."""
        return (
            _digest(path) == entry.sha256
            and entry.shown == (entry.text in shown)
            and (self.same_names or all(_kind(name, names) == kind for name, kind in entry.uses.items()))
            and is_whole(self.home.cache / "quads" / f"{entry.quads}.nq", entry.size)
        )

    def texts_at_hand(self) -> dict[str, Path]:
        folder = self.home.texts
        return {digest_file(path): path for path in sorted(folder.rglob("*")) if path.is_file()} if folder.is_dir() else {}

    def manifest(self, entries: list[Entry], names_digest: str, names: Names) -> Manifest:
        by_path = {entry.path: entry for entry in sorted(entries, key=lambda entry: entry.path)}
        graphs = self.kept_graphs() or {
            "entities": write_quads(entity_quads(names.entities, self.mint), self.home.cache),
            "events": write_quads(event_quads(names.events, self.mint), self.home.cache),
            "questions": write_quads(question_quads(names.questions, self.mint), self.home.cache),
            "ontology": write_quads(self.ontology_quads(), self.home.cache),
        }
        graphs["links"] = write_quads(link_quads(self.links, self.mint), self.home.cache)
        if self.fetched:
            graphs["wikidata"] = write_quads(fetched_quads(self.fetched, self.mint), self.home.cache)
        results = self.background_results(graphs)
        manifest = Manifest(engine=self.engine, names=names_digest, graphs=graphs, entries=by_path, results=results)
        graphs["dataset"] = digest_quads(self.described(manifest, names))  # names the version; it is written when all is counted
        return replace(manifest, graphs=graphs)

    def described(self, manifest: Manifest, names: Names) -> Iterator[str]:
        """Return the description of the whole, which counts the quads of all other graphs."""
        counts = counts_of(manifest, names)
        counts["triples"] = counts.pop("quads")
        return dataset_quads(self.corpus, counts, self.mint)

    def kept_graphs(self) -> dict[str, tuple[str, int, int]]:
        """Return the graphs that hang on names and ontology alone, none when these changed."""
        kept = {kind: self.old.graphs[kind] for kind in ("entities", "events", "questions", "ontology")} if self.same_names else {}
        whole = all(is_whole(self.home.cache / "quads" / f"{digest}.nq", size) for digest, _, size in kept.values())
        return kept if whole else {}

    def ontology_quads(self) -> Iterator[str]:
        """Yield the terms, and how those of other vocabularies stand to them."""
        yield from turtle_quads(self.home.ontology_files(), self.mint.graph("ontology"))
        yield from alignment_quads(self.aligned, self.mint)

    def finished(self, manifest: Manifest, store: Path, names: Names) -> Manifest:
        """Return the manifest with what is derived from a store of all else, and the description of the whole."""
        found = derive(self.home, manifest, store, self.old, self.mint, len(names.questions))
        self.derived = found.questions
        graphs = {name: quads for name, quads in manifest.graphs.items() if name != "dataset"} | {"derived": found.quads}
        made = replace(manifest, graphs=graphs, derived=found.results)
        graphs["dataset"] = write_quads(self.described(made, names), self.home.cache)
        return replace(made, graphs=graphs)

    def background_results(self, graphs: dict[str, tuple[str, int, int]]) -> tuple[tuple[str, ...], ...]:
        """Return what SHACL finds in entities, events, links and questions, checked again only when one of them changed."""
        kinds = ("entities", "events", "links", "questions")
        if self.old and all(self.old.graphs.get(kind) == graphs[kind] for kind in kinds):
            return self.old.results
        lines = [line for kind in kinds for line in file_lines(self.home.cache / "quads" / f"{graphs[kind][0]}.nq")]
        return as_rows(shacl.validate(lines, (), shacl.load_shapes(tuple(self.home.shape_files()))))

    def examine(self, manifest: Manifest, folder: Path, names: Names, fresh: int) -> Report:
        """Gather what SHACL, the check queries and the expected counts say of this version."""
        rows = [*manifest.results, *manifest.derived, *(row for entry in manifest.entries.values() for row in entry.results)]
        results = [shacl.Result(*row) for row in rows]
        claims = {entry.article: (entry.path, len(entry.claims)) for entry in manifest.entries.values()}
        counts = counts_of(manifest, names) | {"focus nodes": sum(entry.nodes for entry in manifest.entries.values())}
        judged = [*link.findings(self.links, names, self.mint), *other_texts(manifest, self.home)]
        checked = check.findings(self.home, self.corpus, folder / "store", results, names, claims, counts, judged)
        looked_at = checked.looked_at | {"links": len(self.links)}
        return Report(
            findings=checked.findings, looked_at=looked_at, counts=counts_of(manifest, names), read=fresh, derived=self.derived,
            notes=tuple(self.notes),
        )  # fmt: skip

    def report_faults(self, read: int = 0) -> Report:
        findings = tuple(Finding.of_fault(fault) for fault in sorted(set(self.faults)))
        files = len(self.home.fact_files()) + len(self.home.name_files()) + len(self.home.link_files()) + 1
        note = "the corpus has faults: shapes and queries were not run, and the last build stays as it was"
        return Report(findings=findings, looked_at={"files": files}, read=read, notes=(*self.notes, note))


def _digest(path: Path) -> str:
    """Return the digest of a file, "" of one that cannot be read, which its reader tells."""
    try:
        return digest_file(path)
    except InputError:
        return ""


def _kind(name: str, names: Names) -> str | None:
    if name.startswith("claim:"):
        return "claim"  # whether it is there is for queries/check/dangling-reference to tell
    question, slash, answer = name.partition("/")
    return names.things.get(name) if not slash else "answer" if answer in names.answers.get(question, ()) else None


def counts_of(manifest: Manifest, names: Names) -> dict[str, int]:
    """Return how many articles, claims, entities, events, questions and quads a version holds."""
    return {
        "articles": len(manifest.entries),
        "claims": manifest.claims,
        "entities": len(names.entities),
        "events": len(names.events),
        "questions": len(names.questions),
        "quads": manifest.quads,
    }


def _engine(home: Home) -> str:
    """Return a digest of everything beside the corpus that decides what a build holds and finds."""
    kinds = ("check", "derive")
    queries = [path for folder in home.queries for kind in kinds for path in sorted((folder / kind).glob("*.rq"))]
    aligned = [path for path, _ in home.align_files()]
    files = [*home.ontology_files(), *aligned, *home.shape_files(), *queries]
    parts = [__version__, str(VERSION), version("pyshacl"), version("pyoxigraph"), *(f"{path.name} {digest_file(path)}" for path in files)]
    return sha256("\n".join(parts).encode()).hexdigest()
