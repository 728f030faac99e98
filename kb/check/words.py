"""Fact files against the texts they were made from: every digest, and how much of each text the evidence covers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb import article as texts
from kb.errors import FactFileError, InputError
from kb.facts import Names, claim_lines, read_facts, read_names, read_source
from kb.home import Home
from kb.model import FactFile, Finding


@dataclass(frozen=True, slots=True)
class Cover:
    """One article beside its text. `uncovered` are (start, end, its words) that no evidence holds; `signs` of them are
    punctuation alone."""

    article: str
    path: str
    share: float
    covered: int
    total: int
    spans: int
    uncovered: tuple[tuple[int, int, str], ...]
    signs: int


def compare_texts(home: Home, folder: Path) -> tuple[list[Cover], list[Finding]]:
    """Return the cover of each article whose text lies in `folder`, and findings for wrong digests and missing texts.

    Raises InputError when the folder holds no text of any fact file that reads well.
    """
    read = dict(_readable(home))
    wanted = {name: file.article.text for name, file in read.items() if file.article.text}
    found = texts.find_texts(folder, wanted)
    covers, findings = [], []
    for name, file in read.items():
        if name not in found:
            message = f"no text of '{file.article.id}' in {folder}"
            cure = "add its file, or give `text:` with its digest" if name in wanted else "give the article `text:`"
            findings.append(Finding(severity="warning", rule="text-not-at-hand", message=message, cure=cure, path=name, line=1))
            continue
        text = texts.read_text(found[name])
        findings += _wrong(home, name, file, text)
        covers.append(_cover(name, file, text))
    if read and not covers:
        raise InputError("holds no text of any article", path=folder, cure="name the folder that holds the articles' texts")
    return covers, findings


def _readable(home: Home) -> Iterator[tuple[str, FactFile]]:
    """Yield the fact files that read well; the faults of the others are the build's to tell."""
    try:
        names = read_names(home.name_files())
    except FactFileError:
        names = Names(is_known=False)
    for path, name in home.fact_files():
        try:
            yield name, read_facts(read_source(path, name=name), name, names).file
        except InputError:
            continue


def _wrong(home: Home, name: str, file: FactFile, text: str) -> Iterator[Finding]:
    declared = file.article.text
    if texts.digest(text) != declared.sha256:
        message = "the text is not the one the fact file was made from: its digest differs"
        yield Finding(severity="error", rule="text-digest", message=message, cure="find the right text, or anchor again", path=name, line=1)
    lines = claim_lines(read_source(home.root / name, name=name), name)
    for claim in file.claims:
        for key, spans in (("evidence", claim.evidence), ("attribution-evidence", claim.attribution_evidence)):
            for span in spans:
                fault = texts.verify(text, span)
                if fault is not None:
                    line = lines.get(claim.id, {}).get(key, 0)
                    yield Finding(
                        severity="error", rule="evidence-digest", message=fault.message, cure=fault.cure, path=name, line=line,
                        claim=claim.id, value=f"{span.start}-{span.end}",
                    )  # fmt: skip


def _cover(name: str, file: FactFile, text: str) -> Cover:
    spans = [span for claim in file.claims for span in claim.evidence]
    every = len(spans) + sum(len(claim.attribution_evidence) for claim in file.claims)
    found = texts.coverage(text, file.article.zones, spans)
    stretches = [(one.start, one.end, text[one.start : one.end]) for one in found.uncovered]
    worded = tuple(one for one in stretches if any(sign.isalnum() for sign in one[2]))
    return Cover(file.article.id, name, found.share, found.covered, found.total, every, worded, len(stretches) - len(worded))
