"""The usual way, step by step in one process: PyYAML, rdflib's Dataset, pySHACL on the whole graph, rdflib's SPARQL.

`python -m tests.bench.naive read|check|query DIR …` prints JSON lines. What it leaves out (going from YAML to terms)
is in its favour.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.home import Home

from .timing import Clock, capped, peak_memory, seconds_of


def read_and_add(folder: Path, files: list[Path]) -> dict[str, Any]:
    """Return the seconds of reading every corpus file with PyYAML, of adding the same quads to a Dataset, of keeping it on disk."""
    import yaml

    home, clock = Home(folder), Clock()
    with clock.step("read"):
        read = [yaml.safe_load(path.read_text("utf-8")) for path, _ in [*home.name_files(), *home.fact_files()]]
    quads = list(plain_quads(files))
    with clock.step("load"):
        dataset = add_all(quads)
    with clock.step("keep"), tempfile.TemporaryDirectory() as aside:
        dataset.serialize(Path(aside) / "all.nq", format="nquads")
    return {"files": len(read), "quads": len(dataset), "seconds": clock.seconds, "cpu": clock.cpu, "memory": peak_memory()}


def plain_quads(files: list[Path]) -> Iterator[tuple[str, str, tuple[str, str | None, str | None] | str, str]]:
    """Yield the quads as plain texts: what a mapper has in hand before it makes terms."""
    from pyoxigraph import Literal, RdfFormat, parse

    for file in files:
        for quad in parse(path=str(file), format=RdfFormat.N_QUADS):
            value = quad.object.value
            if isinstance(quad.object, Literal):
                datatype = quad.object.datatype.value
                plain = quad.object.language or datatype.endswith("#string")
                value = (value, quad.object.language, None if plain else datatype)
            yield quad.subject.value, quad.predicate.value, value, quad.graph_name.value


def add_all(quads: list) -> Any:
    """Return an rdflib Dataset of the quads, each made of terms and added."""
    from rdflib import Dataset, Literal, URIRef

    dataset = Dataset(default_union=True)
    for subject, predicate, value, graph in quads:
        thing = URIRef(value) if isinstance(value, str) else Literal(value[0], lang=value[1], datatype=value[2])
        dataset.add((URIRef(subject), URIRef(predicate), thing, URIRef(graph)))
    return dataset


def check(folder: Path, files: list[Path]) -> dict[str, Any]:
    """Return the seconds and results of pySHACL as usually called: the whole graph, the shapes as they stand in the files."""
    import pyshacl
    from rdflib import RDF, SH, Graph

    data, shapes, clock = Graph(), Graph(), Clock()
    for path in Home(folder).shape_files():
        shapes.parse(path)
    for file in files:
        data.parse(data=_as_triples(file), format="nt")
    print("ready", flush=True)
    with clock.step("check"):
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    found = {
        (str(report.value(node, SH.focusNode)), str(report.value(node, SH.sourceShape)).rpartition("/")[2])
        for node in report.subjects(RDF.type, SH.ValidationResult)
    }
    return {"seconds": clock.seconds, "cpu": clock.cpu, "findings": sorted(found), "memory": peak_memory(), "triples": len(data)}


def _as_triples(file: Path) -> str:
    from pyoxigraph import RdfFormat, Triple, parse, serialize

    quads = parse(path=str(file), format=RdfFormat.N_QUADS)
    return serialize((Triple(quad.subject, quad.predicate, quad.object) for quad in quads), format=RdfFormat.N_TRIPLES).decode()


def ask(folder: Path, files: list[Path], cap: float) -> dict[str, Any]:
    """Return stored query → seconds in rdflib, negative when it was ended at `cap` seconds.

    The data are loaded once; each query runs in a process forked from here.
    """
    dataset = add_all(list(plain_quads(files)))
    queries = sorted((Home(folder).queries[-1] / "ask").glob("*.rq"))
    found = {path.stem: capped(_answer, (dataset, path.read_text("utf-8")), cap) for path in queries}
    return {"queries": found, "memory": peak_memory()}


def _answer(dataset: Any, text: str) -> float:
    return seconds_of(lambda: list(dataset.query(text)), 1)


def main() -> None:
    step, folder, *rest = sys.argv[1:]
    files = [Path(line) for line in sys.stdin.read().splitlines()]
    calls = {"read": read_and_add, "check": check, "query": ask}
    print(json.dumps(calls[step](Path(folder), files, *map(float, rest))))


if __name__ == "__main__":
    main()
