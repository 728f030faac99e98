"""An invented world in which people disagree about a harbour, a claim a line; tests say only who gives which answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from kb.build import Report, build
from kb.home import Home

ENTITIES = """entities:
- {id: northland, kind: state, label: Northland, member-of: northern-league}
- {id: westland, kind: state, label: Westland, member-of: northern-league}
- {id: southland, kind: state, label: Southland}
- {id: northern-league, kind: group, label: Northern League}
- {id: government-of-northland, kind: government, label: Government of Northland, country: northland}
- {id: ministry-of-northland, kind: body, label: Harbour Ministry of Northland, country: northland, part-of: government-of-northland}
- {id: premier-of-northland, kind: office, label: Premier of Northland, country: northland}
- {id: premier-of-southland, kind: office, label: Premier of Southland, country: southland}
- {id: ada, kind: person, label: Ada Brink, country: northland}
- {id: dov, kind: person, label: Dov Kest, country: northland, member-of: ministry-of-northland}
- {id: wim, kind: person, label: Wim Orr, country: westland}
- {id: sol, kind: person, label: Sol Imre, country: southland}
- {id: bo, kind: person, label: Bo Lund, member-of: fishers}
- {id: cy, kind: person, label: Cy Marsh, member-of: fishers}
- {id: fishers, kind: group, label: Fishers of the harbour}
- {id: ring-one, kind: group, label: First ring, member-of: ring-two}
- {id: ring-two, kind: group, label: Second ring, member-of: ring-one}
- {id: post, kind: medium, label: Harbour Post}
- {id: courier, kind: medium, label: Harbour Courier}
- {id: north-wire, kind: medium, label: North Wire}
- {id: boats, kind: materiel, label: Boats}
- {id: frost, kind: group, label: Frost}
- {id: flood, kind: group, label: Flood}
- {id: harbour, kind: place, label: Harbour}
- {id: oblast, kind: region, label: North Oblast}
- {id: town, kind: place, label: Town, part-of: oblast}
"""
EVENTS = """events:
- {id: emptying, label: The emptying of the harbour, type: movement}
- {id: storm, label: The storm, type: crisis}
- {id: harvest-loss, label: The loss of the harvest, type: crisis}
"""
QUESTIONS = """questions:
- id: was-it-emptied
  label: Was the harbour emptied?
  kind: fact
  strength: strong
  event: emptying
  answers:
  - {id: emptied, label: It was., excludes: [not-emptied, unseen]}
  - {id: not-emptied, label: It was not.}
  - {id: unseen, label: Nobody saw it.}
  - {id: in-part, label: In part., competes-with: emptied}
- id: was-it-cold
  label: Was it cold?
  kind: evaluation
  answers:
  - {id: cold, label: It was., excludes: warm}
  - {id: warm, label: It was not.}
"""


def lines(claim: Mapping[str, Any], place: int) -> str:
    words = {"label": f"{claim['id']} says so.", "evidence": f"{place * 10}-{place * 10 + 9} {'a' * 64}"} | claim
    ident = words.pop("id")
    return f"- id: {ident}\n" + "".join(f"  {key}: {value}\n" for key, value in words.items())


def world(root: Path, articles: Mapping[str, Iterable[Mapping[str, Any]]], heads: Mapping[str, str] | None = None, **files: str) -> Home:
    """Write a knowledge base: article → its claims. `heads` adds lines to an article; `files` replace those of the world."""
    corpus = root / "corpus"
    (corpus / "entities").mkdir(parents=True, exist_ok=True)
    (corpus / "corpus.yaml").write_text(f"title: A world\nbase: {files.pop('base', 'https://example.org/kb/')}\n", "utf-8")
    (corpus / "entities" / "all.yaml").write_text(files.get("entities", ENTITIES), "utf-8")
    (corpus / "events.yaml").write_text(files.get("events", EVENTS), "utf-8")
    (corpus / "questions.yaml").write_text(files.get("questions", QUESTIONS), "utf-8")
    for name, claims in articles.items():
        head = (heads or {}).get(name, "  publisher: post\n  published: 2031-05-07\n")
        body = "".join(lines(claim, place) for place, claim in enumerate(claims))
        text = "" if "  text:" in head else f"  text: {{sha256: {sha256(name.encode()).hexdigest()}, characters: 5000}}\n"
        (corpus / f"{name}.yaml").write_text(f"article:\n  id: {name}\n  title: {name}\n{head}{text}claims:\n{body}", "utf-8")
    return Home(root)


def says(claim: str, speaker: str | None, answer: str, question: str = "was-it-emptied", **more: str) -> dict[str, Any]:
    """Return a claim that gives an answer; without a speaker it is the article's own voice."""
    found = {"id": claim} | ({"speaker": speaker} if speaker else {})
    return found | {"subject": "harbour", "predicate": "is so"} | more | {"answers": f"{{{question}: {answer}}}"}


def built(home: Home) -> Report:
    report = build(home)
    assert report.is_published, [str(one) for one in report.findings if one.severity == "error"]
    return report
