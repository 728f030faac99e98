"""Our way, step by step in one process: `python -m tests.bench.ours make|query DIR CACHE` prints JSON."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from kb.build.articles import BATCH, Job, _check_batch, named_quads, write_quads
from kb.build.manifest import Entry
from kb.check import shacl
from kb.facts import read_facts, read_names, read_source
from kb.home import Home
from kb.ids import Mint
from kb.quads import article_quads, entity_quads, event_quads, question_quads
from kb.store import create_store, open_store, turtle_quads

from .timing import Clock, capped, peak_memory, seconds_of

REPEAT = 3


def run(folder: Path, cache: Path) -> dict[str, object]:
    """Return seconds, memory and findings of each step on the knowledge base in `folder`; quads and store go to `cache`."""
    home, mint, clock = Home(folder), Mint(), Clock()
    (cache / "quads").mkdir(parents=True, exist_ok=True)
    with clock.step("read"):
        names = read_names(home.name_files())
        job = Job(
            names=names, mint=mint, cache=cache, shapes=tuple(home.shape_files()), checks=(), texts={},
            named=named_quads(names, mint), thorough=False,
        )  # fmt: skip
    entries = [_mapped(path, name, job, clock) for path, name in home.fact_files()]
    with clock.step("map"):
        background = _background(home, job)
    files = [cache / "quads" / f"{digest}.nq" for digest in (*background, *(entry.quads for entry in entries))]
    with clock.step("load"):
        quads = create_store(cache / "store", files)
    shacl.load_shapes(job.shapes)
    with clock.step("check"):
        found = [row for start in range(0, len(entries), BATCH) for one in _check_batch(entries[start : start + BATCH], job) for row in one.results]
        found += [(result.focus, result.rule) for result in _check_background(job, background[:3])]
    return {
        "articles": len(entries), "claims": sum(len(entry.claims) for entry in entries), "quads": quads, "seconds": clock.seconds,
        "cpu": clock.cpu, "memory": peak_memory(), "files": list(map(str, files)),
        "findings": sorted({(row[0], row[1]) for row in found}),
    }  # fmt: skip


def _mapped(path: Path, name: str, job: Job, clock: Clock) -> Entry:
    """Read and map one file, and keep no more of it than a build does."""
    with clock.step("read"):
        read = read_facts(read_source(path, name=name), name, job.names)
    article, claims = read.file.article, read.file.claims
    with clock.step("map"):
        digest, count, size = write_quads(article_quads(article, claims, things=job.names.things, mint=job.mint), job.cache)
    return Entry(path=name, sha256="", article=article.id, quads=digest, count=count, size=size, claims=tuple(claim.id for claim in claims), uses=read.uses)


def _background(home: Home, job: Job) -> list[str]:
    """Return the digests of the quads of entities, events, questions and the ontology."""
    ontology = turtle_quads(home.ontology_files(), job.mint.graph("ontology"))
    every = (
        entity_quads(job.names.entities, job.mint), event_quads(job.names.events, job.mint),
        question_quads(job.names.questions, job.mint), ontology,
    )  # fmt: skip
    return [write_quads(lines, job.cache)[0] for lines in every]


def _check_background(job: Job, digests: list[str]) -> list[shacl.Result]:
    lines = [line for digest in digests for line in (job.cache / "quads" / f"{digest}.nq").read_text("utf-8").splitlines()]
    return shacl.validate(lines, (), shacl.load_shapes(job.shapes))


def ask(folder: Path, cache: Path, cap: float) -> dict[str, object]:
    """Return stored query → median seconds on an opened store, negative when it was ended at `cap` seconds or 4 GiB."""
    queries = sorted((Home(folder).queries[-1] / "ask").glob("*.rq"))
    return {"queries": {path.stem: capped(_answer, (cache / "store", path.read_text("utf-8")), cap) for path in queries}}


def _answer(folder: Path, text: str) -> float:
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    store = open_store(folder)
    once = seconds_of(lambda: store.query(text), 1)
    return once if once > 1 else seconds_of(lambda: store.query(text), REPEAT)


def main() -> None:
    step, folder, cache, *rest = sys.argv[1:]
    print(json.dumps({"make": run, "query": ask}[step](Path(folder), Path(cache), *map(float, rest))))


if __name__ == "__main__":
    main()
