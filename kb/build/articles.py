"""Fact files → sorted quads files and SHACL results; only what changed is read, mapped and checked again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from kb import article as texts
from kb.build.manifest import Entry, as_rows
from kb.check import Part, article_results, shacl
from kb.compare.ties import SOME_DAY, Days, Holding, holding
from kb.errors import FactFileError, Fault, InputError
from kb.facts import Names, claim_lines, read_facts, read_source
from kb.files import write_atomically
from kb.ids import Mint
from kb.model import Claim
from kb.quads import article_quads, claim_class, entity_quads, event_quads, question_quads
from kb.query import StoredQuery
from kb.store import file_lines
from kb.vocab import HELD_AS, HOLDS_OFFICE
from kb.when import read_edtf

BATCH = 40  # articles handed to pySHACL at once: enough to spread its start-up, few enough to stay in memory
PARALLEL_FROM = 200  # files below which starting a second process costs more than it saves
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What every file of one build is read, mapped and checked with. `named`: id → quads of what claims may name."""

    names: Names
    mint: Mint
    cache: Path
    shapes: tuple[Path, ...]
    checks: tuple[StoredQuery, ...]
    texts: Mapping[str, Path]
    named: Mapping[str, tuple[str, ...]]
    thorough: bool


def write_quads(lines: Iterable[str], cache: Path) -> tuple[str, int, int]:
    """Write lines, sorted and each once, as a file named by their digest; return digest, number of lines and bytes.

    The file is not forced to disk one by one, which would take most of a build's time; its size tells if power was lost.
    """
    count, content = _sorted(lines)
    digest = sha256(content).hexdigest()
    path = cache / "quads" / f"{digest}.nq"
    if not is_whole(path, len(content)):
        write_atomically(path, content, sync=False)
    return digest, count, len(content)


def digest_quads(lines: Iterable[str]) -> tuple[str, int, int]:
    """Return what `write_quads` does, of lines that need not be kept."""
    count, content = _sorted(lines)
    return sha256(content).hexdigest(), count, len(content)


def _sorted(lines: Iterable[str]) -> tuple[int, bytes]:
    ordered = sorted(set(lines))
    return len(ordered), "".join(f"{line}\n" for line in ordered).encode("utf-8")


def is_whole(path: Path, size: int) -> bool:
    """Say whether a file is there and has all its bytes."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def map_file(path: Path, name: str, job: Job) -> Entry:
    """Read one fact file and write its quads. Raises FactFileError with every fault of it."""
    source = read_source(path, name=name)
    read = read_facts(source, name, job.names)
    if not job.names.is_known:
        raise FactFileError([])  # nothing to map it with
    article, claims = read.file.article, read.file.claims
    declared = article.text.sha256 if article.text else ""
    text = texts.read_text(job.texts[declared]) if declared in job.texts else None
    if text is not None:
        claims = _anchored(claims, text, source, name)
    lines = article_quads(article, claims, things=job.names.things, mint=job.mint, text=text)
    digest, count, size = write_quads(lines, job.cache)
    return Entry(
        path=name, sha256=texts.digest(source), article=article.id, quads=digest, count=count, size=size, claims=tuple(claim.id for claim in claims),
        text=declared, file=(article.text.file or "") if article.text else "", shown=text is not None, uses=read.uses, offices=tuple(_offices(claims, article.anchor)),
    )  # fmt: skip


def _offices(claims: Iterable[Claim], anchor: str | None) -> Iterator[Holding]:
    told = _days(anchor)
    for claim in claims:
        is_said_so = all(getattr(claim, name) == value for name, value in HELD_AS.items())
        if claim.predicate == HOLDS_OFFICE and claim.subject and is_said_so:
            yield from (holding(claim.subject, office, _days(claim.time), told) for office in claim.object)


def _days(edtf: str | None) -> Days:
    if edtf is None:
        return SOME_DAY
    time = read_edtf(edtf)
    return tuple(day.isoformat() if day else "" for day in (time.earliest, time.latest))


def _anchored(claims: Sequence[Claim], text: str, source: str, name: str) -> tuple[Claim, ...]:
    """Return the claims with the digests of their spans, taken from the text at hand. Raises FactFileError with all wrong ones."""
    faults = []
    for claim in claims:
        for key, spans in (("evidence", claim.evidence), ("attribution-evidence", claim.attribution_evidence)):
            problems = [problem for span in spans if span.sha256 and (problem := texts.verify(text, span))]
            faults += [(claim.id, key, problem) for problem in problems]
    if faults:
        lines = claim_lines(source, name)
        raise FactFileError([
            Fault(name, lines[claim].get(key, 0), f"claim '{claim}': {problem.message}", problem.cure) for claim, key, problem in faults
        ])  # fmt: skip
    return tuple(_filled(claim, text) for claim in claims)


def _filled(claim: Claim, text: str) -> Claim:
    return replace(
        claim,
        evidence=tuple(texts.fill(text, span) for span in claim.evidence),
        attribution_evidence=tuple(texts.fill(text, span) for span in claim.attribution_evidence),
    )


def map_files(files: Sequence[tuple[Path, str]], job: Job, progress: Progress) -> tuple[list[Entry], list[Fault]]:
    """Return an entry for each file that reads well, and the faults of all others."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for done, outcome in enumerate(_spread(_map_one, files, job), 1):
        progress("read", done, len(files))
        (faults.extend if isinstance(outcome, list) else entries.append)(outcome)
    return entries, faults


def _map_one(file: tuple[Path, str], job: Job) -> Entry | list[Fault]:
    try:
        return map_file(*file, job)
    except FactFileError as wrong:
        return list(wrong.faults)
    except InputError as wrong:
        return [Fault(wrong.path or file[1], wrong.line, wrong.message, wrong.cure)]


def check_entries(entries: Sequence[Entry], job: Job, progress: Progress) -> list[Entry]:
    """Return the entries with what SHACL found in each."""
    batches = [entries[start : start + BATCH] for start in range(0, len(entries), BATCH)]
    done: list[Entry] = []
    for checked in _spread(_check_batch, batches, job):
        done += checked
        progress("check", len(done), len(entries))
    return done


def _check_batch(entries: Sequence[Entry], job: Job) -> list[Entry]:
    parts = [Part(file_lines(job.cache / "quads" / f"{entry.quads}.nq"), _named(entry, job)) for entry in entries]
    shapes = shacl.load_shapes(job.shapes)
    nodes = shacl.nodes_by_article((line for part in parts for line in part.quads), shapes, job.mint)
    by_article: dict[str, list] = {}
    for result in article_results(parts, shapes, job.checks, thorough=job.thorough):
        by_article.setdefault(job.mint.article_of(result.focus), []).append(result)
    return [
        replace(entry, results=as_rows(by_article.get(entry.article, ())), nodes=nodes.get(entry.article, 0)) for entry in entries
    ]


def _named(entry: Entry, job: Job) -> list[str]:
    """Return the quads of what a fact file uses, whose classes the shapes ask for; of another article's claim its class only."""
    names = {name.partition("/")[0] for name, kind in entry.uses.items() if kind != "claim"}
    claims = (name.removeprefix("claim:").partition("/") for name, kind in entry.uses.items() if kind == "claim")
    lines = [line for name in sorted(names) for line in job.named.get(name, ())]
    return [*lines, *(claim_class(article, claim, job.mint) for article, _, claim in claims)]


def named_quads(names: Names, mint: Mint) -> dict[str, tuple[str, ...]]:
    """Return the quads of each entity, with those of its country and metonyms, of each event and each question, by id."""
    own = {one.id: tuple(entity_quads([one], mint)) for one in names.entities}
    named = {one.id: sum((own.get(name, ()) for name in (one.id, *one.metonym, one.country)), ()) for one in names.entities}
    named |= {one.id: tuple(event_quads([one], mint)) for one in names.events}
    return named | {one.id: (*named.get(one.id, ()), *question_quads([one], mint)) for one in names.questions}


_job: Job | None = None


def _take_job(job: Job) -> None:
    global _job
    _job = job


def _with_job(call: tuple[Callable, object]) -> object:
    return call[0](call[1], _job)


def _spread(function: Callable, items: Sequence, job: Job) -> Iterator:
    """Yield `function(item, job)` for each item in order, over all cores when there is enough to do."""
    weight = sum(len(item) if function is _check_batch else 1 for item in items)
    workers = os.cpu_count() or 1
    if weight < PARALLEL_FROM or workers < 2:
        yield from (function(item, job) for item in items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, get_context("spawn"), _take_job, (job,)) as pool:
        chunk = 1 if function is _check_batch else 16
        yield from pool.map(_with_job, [(function, item) for item in items], chunksize=chunk)
