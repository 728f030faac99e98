"""A person's answers to candidates → judgements: each written at once, taken back on request, nothing lost at any point.

A candidate leaves `predictions.sssom.tsv` only after its judgement is on disk; killed between the two it stands in both,
and counts as judged. Every write reads the files anew under a lock, so what others write meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from kb.errors import InputError, StoreBusy
from kb.facts import read_corpus, read_names, read_source
from kb.files import lock, write_atomically
from kb.home import Home
from kb.ids import Mint
from kb.judgement import ANSWERS, NO_TERM, Judgement
from kb.link.answers import check_author
from kb.link.findings import findings
from kb.link.judgements import JudgementFile, file_text, new_file, read_file
from kb.link.suggest import known
from kb.model import Finding

WAIT = 10.0  # seconds to wait for another process that writes judgements
_LAST = "\U0010ffff"  # a path that sorts after all others: what is found then stands at the new row, and names the old one
Files = dict[str, JudgementFile]


class Changed(InputError):
    """Somebody else judged the candidate, or changed the judgement, meanwhile."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one answer did: the judgements it added, the candidates it settled, and the judgements whose place it took."""

    added: tuple[Judgement, ...]
    settled: tuple[Judgement, ...]
    replaced: tuple[Judgement, ...] = ()


class Review:
    """The candidates of a knowledge base, for one person to judge. `author` is a CURIE."""

    def __init__(self, home: Home, author: str) -> None:
        """Raises InputError and FactFileError: for an author that is none, a corpus or judgements that do not read."""
        self.author, self.home = check_author(author), home
        self._seen: dict[str, tuple[tuple[int, ...], JudgementFile]] = {}
        corpus = read_corpus(home.config, name="corpus/corpus.yaml")
        self.names, self.mint, self.licence = read_names(home.name_files()), Mint(corpus.base), corpus.licence
        prefix = author.partition(":")[0]
        for kind, file in self._read().items():
            if prefix not in file.prefixes:
                cure = f"add  #  {prefix}: …  below #curie_map:"
                raise InputError(f"no prefix '{prefix}' is declared", path=home.shown(self._path(kind)), line=1, cure=cure)

    def waiting(self) -> list[tuple[str, list[Judgement]]]:
        """Return each thing that has candidates, in order of IRI, with its candidates, the likeliest first."""
        return [(thing, list(of_it)) for thing, of_it in groupby(_waiting(self._read()), key=lambda one: one.subject)]

    def judged(self) -> list[Judgement]:
        """Return the judgements as they are now."""
        return _judged(self._read())

    def objections(self, rows: Iterable[Judgement], judged: Sequence[Judgement]) -> list[Finding]:
        """Return what the checks find in these judgements with the rows and do not find without them, each at its row's line.

        Remarks are left out: of the order of rows, which the writing mends.
        """
        last = [replace(row, path=_LAST) for row in rows]
        gone = _replaced(last, judged)
        already = set(map(_what, findings(judged, self.names, self.mint)))
        after = [*(one for one in judged if one not in gone), *last]
        return [one for one in findings(after, self.names, self.mint) if one.severity != "info" and _what(one) not in already]

    def judge(self, rows: Sequence[Judgement]) -> Change:
        """Write judgements, take what they settle from the candidates, and open notes that they answer from the unsure ones.

        Raises Changed when one is of no candidate (any more), StoreBusy when another process writes for long, and
        InputError where the disk refuses; then no candidate is gone whose judgement is not written.
        """
        with self._held():
            files = self._read()
            self._check_wait(rows, files)
            now, gone = known([*_judged(files), *rows]), _replaced(rows, files["unsure"].judgements)
            settled = [one for one in files["predictions"].judgements if one.subject in now.done or (one.subject, one.object) in now.pairs]
            changed = [kind for kind in ANSWERS if any(row.answer == kind for row in (*rows, *gone))]
            self._write(*(_with(_without(files[kind], gone), [row for row in rows if row.answer == kind]) for kind in changed))
            self._write(_without(files["predictions"], settled))
        return Change(tuple(rows), tuple(settled), tuple(gone))

    def take_back(self, change: Change) -> None:
        """Undo what an answer did: the files hold again what they held. Raises Changed when a row was changed since."""
        with self._held():
            files = self._read()
            for row in change.added:
                if not any(_same(row, one) for one in files[row.answer].judgements):
                    raise Changed("that judgement was changed since", path=self._shown(row.answer), cure="mend it there by hand")
            there = files["predictions"].judgements
            self._write(_with(files["predictions"], [one for one in change.settled if not any(_same(one, other) for other in there)]))
            changed = [kind for kind in reversed(ANSWERS) if any(row.answer == kind for row in (*change.added, *change.replaced))]
            back = [one for one in change.replaced if not any(_same(one, other) for other in files["unsure"].judgements)]
            self._write(*(_with(_without(files[kind], change.added), [row for row in back if row.answer == kind]) for kind in changed))

    def _check_wait(self, rows: Iterable[Judgement], files: Files) -> None:
        waits = {(one.subject, one.object) for one in _waiting(files)}
        waits |= {(subject, NO_TERM) for subject, _ in waits}
        for row in rows:
            if (row.subject, row.object) in waits:
                continue
            settled = next((one for one in _judged(files) if one.subject == row.subject and one.object == row.object), None)
            said = f": {settled.answer} in {settled.path}:{settled.line}" if settled else ", or never was one"
            pair = f"'{row.thing}' and {row.item}"
            raise Changed(f"{pair} is no candidate any more{said}", cure="`kb link` makes candidates anew")

    @contextmanager
    def _held(self) -> Iterator[None]:
        self.home.cache.mkdir(exist_ok=True)
        entered = False
        try:
            with lock(self.home.cache / "links.lock", wait=WAIT):
                entered = True
                yield
        except StoreBusy:
            if entered:
                raise
            raise StoreBusy("another process writes judgements", path=self.home.cache / "links.lock", cure="try again when it has ended") from None

    def _read(self) -> Files:
        """Return the files as they are now; one that nobody wrote since is not read again. Raises FactFileError, InputError."""
        for kind in (*ANSWERS, "predictions"):
            path = self._path(kind)
            state = _state(path)
            if kind not in self._seen or self._seen[kind][0] != state:
                fresh = new_file(kind, (), self.mint, licence=self.licence)
                file = read_file(read_source(path, name=self._shown(kind)), self._shown(kind)) if state else fresh
                self._seen[kind] = (state, file)
        return {kind: file for kind, (_, file) in self._seen.items()}

    def _write(self, *files: JudgementFile) -> None:
        """Write files, after all of them turned out to be writable."""
        texts = [(self._path(file.answer), file_text(file)) for file in files]
        for path, text in texts:
            path.parent.mkdir(exist_ok=True)
            write_atomically(path, text)

    def _path(self, kind: str) -> Path:
        return self.home.corpus / "links" / f"{kind}.sssom.tsv"

    def _shown(self, kind: str) -> str:
        return self.home.shown(self._path(kind))


def _state(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file is written; nothing for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _judged(files: Files) -> list[Judgement]:
    return [one for kind in ANSWERS for one in files[kind].judgements]


def _waiting(files: Files) -> list[Judgement]:
    """Return the candidates that no judgement settles."""
    now = known(_judged(files))
    waits = [one for one in files["predictions"].judgements if one.subject not in now.done and (one.subject, one.object) not in now.pairs]
    return sorted(waits, key=lambda one: (one.subject, -(one.confidence or 0), one.object))


def _replaced(rows: Iterable[Judgement], judged: Iterable[Judgement]) -> list[Judgement]:
    """Return the notes that a thing's item was not found yet, of things that the rows link to one, or say to have none."""
    answered = {row.subject for row in rows if (row.is_link and row.is_identity) or (row.answer == "no" and not row.has_item)}
    return [one for one in judged if one.answer == "unsure" and not one.has_item and one.subject in answered]


def _with(file: JudgementFile, rows: Iterable[Judgement]) -> JudgementFile:
    return replace(file, judgements=(*file.judgements, *rows))


def _without(file: JudgementFile, rows: Iterable[Judgement]) -> JudgementFile:
    gone = set(map(_row, rows))
    return replace(file, judgements=tuple(one for one in file.judgements if _row(one) not in gone))


def _row(one: Judgement) -> Judgement:
    return replace(one, path="", line=0)


def _same(one: Judgement, other: Judgement) -> bool:
    return _row(one) == _row(other)


def _what(one: Finding) -> tuple[str, ...]:
    return one.rule, one.focus, one.value
