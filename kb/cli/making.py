"""Commands that make: init, anchor, build, check, export."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import Meter, app, exit_with_findings, home, say, tell_findings
from kb.errors import InputError

if TYPE_CHECKING:
    from kb.build import Report
    from kb.home import Home


class FindingsFormat(StrEnum):
    table = "table"
    json = "json"
    jsonl = "jsonl"
    sarif = "sarif"


class GraphFormat(StrEnum):
    turtle = "turtle"
    trig = "trig"
    nquads = "nquads"
    ntriples = "ntriples"
    jsonld = "jsonld"


@app.command()
def init(dir: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Start a knowledge base of your own in DIR, with one small example article."""
    from kb.start import start

    files = start(dir)
    say(f"{len(files)} files in {dir}. Choose your base IRI in {dir}/corpus/corpus.yaml, then:")
    say(f"  cd {dir} && kb build && kb query who-says-what")


@app.command()
def anchor(
    file: Annotated[Path, typer.Argument(help="A fact file.")],
    text: Annotated[Path, typer.Option("--text", help="The article's text.")],
) -> None:
    """Turn each `quote:` of FILE into positions in the text, and verify every digest."""
    from kb import article
    from kb.facts import read_source
    from kb.facts.anchor import anchor as anchored
    from kb.files import write_atomically
    from kb.show import counted

    source = read_source(file)
    done = anchored(source, str(file), article.read_text(text))
    if done.text != source:
        write_atomically(file, done.text)
    quotes, added, verified = counted(done.placed, "quotes"), counted(done.added, "digests"), counted(done.verified, "digests")
    say(f"{file}: {quotes} placed, {added} added, {verified} verified")


def _summary(report: Report) -> str:
    from kb.show import counted

    counts = ", ".join(counted(number, what) for what, number in report.counts.items())
    errors, others = counted(report.errors, "errors"), counted(len(report.findings) - report.errors, "other findings")
    return f"{counts}; {report.read} read anew; {errors}, {others}; {report.seconds:.2f} s"


@app.command()
def build(
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another build to end instead of stopping (75).")] = False,
    full: Annotated[bool, typer.Option("--full", help="Make everything anew, whatever has not changed.")] = False,
) -> None:
    """Map the corpus to RDF, check it, store it in .kb/ and publish it if no check finds an error."""
    from kb.build import build as bring_up

    meter = Meter()
    try:
        report = bring_up(home(), wait=wait, full=full, progress=meter)
    finally:
        meter.clear()
    for note in report.notes:
        say(note)
    if report.findings:
        tell_findings(report.findings, report.looked_at, "table")
    if not report.is_published:
        say("not published: mend the errors above; the last build stays as it was")
        raise typer.Exit(1)
    print(_summary(report))
    say("next: kb query (lists the questions) · kb export -o kb.ttl · kb check --texts DIR")


@app.command()
def check(
    texts: Annotated[Path | None, typer.Option("--texts", help="Folder with the articles' texts: verifies digests, shows cover.")] = None,
    format: Annotated[FindingsFormat, typer.Option("--format", help="How findings are written.")] = FindingsFormat.table,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a running build to end instead of stopping (75).")] = False,
    thorough: Annotated[bool, typer.Option("--thorough", help="Hand every article to pySHACL, the plainly clean ones of a large corpus too.")] = False,
) -> None:
    """Report fact-file faults, SHACL findings and rows of the check queries, each with its place and cure."""
    from kb.build import build as bring_up

    here, meter = home(), Meter()
    try:
        report = bring_up(here, wait=wait, keep=False, thorough=thorough, progress=meter)
    finally:
        meter.clear()
    findings = list(report.findings)
    looked_at = dict(report.looked_at)
    no_texts: InputError | None = None
    if texts is not None:
        try:
            findings += _compare_texts(here, texts, looked_at)
        except InputError as wrong:  # told behind the findings, which it must not hide
            no_texts = wrong
    for note in report.notes:
        say(note)
    tell_findings(findings, looked_at, format.value)
    if no_texts is not None:
        raise no_texts
    exit_with_findings(findings)


def _compare_texts(here: Home, folder: Path, looked_at: dict[str, int]) -> list:
    from kb.check.words import compare_texts
    from kb.show.terminal import safe

    covers, findings = compare_texts(here, folder)
    looked_at["texts"] = len(covers)
    looked_at["digests"] = sum(cover.spans for cover in covers)
    for cover in covers:
        say(f"{cover.article}: {cover.share:.1%} of headline and body in evidence ({cover.covered:,} of {cover.total:,} characters)")
        for start, end, words in cover.uncovered:
            say(f"  not covered: {start}-{end} {safe(words)[:60]!r}")
        say(f"  not covered: {cover.signs} places of punctuation alone")
    return findings


class SameAs(StrEnum):
    owl = "owl"


class View(StrEnum):
    full = "full"
    uncontested = "uncontested"


@app.command()
def export(
    format: Annotated[GraphFormat, typer.Option("--format", "-f", help="Turtle, N-Triples and JSON-LD hold the union of all graphs.")] = GraphFormat.turtle,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; stdout when left out.")] = None,
    article: Annotated[str | None, typer.Option("--article", help="Only this article's graph, by its id.")] = None,
    sameas: Annotated[
        SameAs | None, typer.Option("--sameas", help="Say owl:sameAs too of individuals linked to Wikidata, in the graph same-as: a reasoner merges them.")
    ] = None,
    view: Annotated[View, typer.Option("--view", help="uncontested: only asserted claims that no claim of an excluding answer contests.")] = View.full,
) -> None:
    """Write the built graph; the same bytes for the same facts."""
    from kb.build import graph_files, same_as_file
    from kb.export import export_quads, uncontested
    from kb.files import new_file

    here = home()
    files, base = graph_files(here, article)
    files += [same_as_file(here)] if sameas else []
    context = here.ontology / "context.jsonld"
    keep = uncontested(graph_files(here)[0], base) if view is View.uncontested else None
    if output is None or str(output) == "-":
        export_quads(files, format.value, sys.stdout.buffer, context=context, base=base, keep=keep)
        return
    with new_file(output) as out:
        count = export_quads(files, format.value, out, context=context, base=base, keep=keep)
    say(f"{output}: {count:,} quads")
