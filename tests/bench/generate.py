"""Writes an invented knowledge base: `python -m tests.bench.generate DIR --articles 1000`. The same bytes for the same seed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from .claims import make_claim, make_scene, position
from .faults import fault_name, fault_record, faulty_claim
from .world import FILES, Record, World, make_world

CLAIMS = (12, 18)  # an article, least and most: 15 on average
FOLDER = 500  # fact files in a folder
ORDER = ["id", "label", "evidence", "attribution-evidence", "speaker", "attribution", "voice", "zone", "polarity", "modality", "certainty", "hedge", "presupposed", "subject", "predicate", "object", "value", "event", "type", "agent", "recipient", "theme", "instrument", "place", "origin", "destination", "cause", "purpose", "topic", "time", "time-basis", "quantity", "written", "answers", "flags", "confidence", "review"]
_SOUNDS = ["ta", "lo", "mir", "ves", "ken", "dor", "ul", "sha", "pri", "tem", "bo", "gal", "nus", "rek", "vi", "os", "han", "fel", "um", "jat"]


def generate(folder: Path, *, articles: int, seed: int = 1, faults: int = 0) -> list[dict[str, str]]:
    """Write a knowledge base of `articles` articles and return its planted faults, at most one an article.

    They also stand in `faults.json` beside `corpus/`: the claim, the node and the rule by which a check must find each.
    `disagreements.json` holds what a comparison must find, all of it.
    """
    if faults > articles:
        raise ValueError("at most one fault an article is planted")
    world = make_world(articles, seed)
    _write(folder / "corpus" / "corpus.yaml", f"title: Invented corpus of {articles} articles\ncreator: tests/bench\n")
    for name, text in _name_files(world):
        _write(folder / "corpus" / name, text)
    planted = []
    for number in range(articles):
        fault = _fault_of(number, articles, faults)
        ident, text, found = _article(world, number, seed, fault)
        _write(folder / "corpus" / f"year-{number // FOLDER:03}" / f"{ident}.yaml", text)
        planted += found
    _write(folder / "faults.json", json.dumps(planted, indent=1) + "\n")
    _write(folder / "disagreements.json", json.dumps(world.plan.disagreements(), indent=1) + "\n")
    return planted


def _fault_of(number: int, articles: int, faults: int) -> str | None:
    """Spread `faults` evenly over the articles."""
    before, after = number * faults // articles, (number + 1) * faults // articles
    return fault_name(before) if after > before else None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _name_files(world: World) -> Iterator[tuple[str, str]]:
    files: dict[str, list[Record]] = {}
    for kind, records in world.entities.items():
        files.setdefault(FILES[kind], []).extend(records)
    for case in world.plan.cases:
        for kind, record in case.entities:
            files[FILES[kind]].append(record)
    for name, records in files.items():
        yield f"entities/{name}.yaml", "entities:\n" + "".join(map(_listed, records))
    yield "events.yaml", "events:\n" + "".join(map(_listed, world.events))
    yield "questions.yaml", "questions:\n" + "".join(_question(*pair) for case in world.plan.cases for pair in case.questions)


def _question(question: Record, answers: list[Record]) -> str:
    indented = "".join(map(_listed, answers)).replace("\n", "\n  ").rstrip(" ")
    return _listed(question) + f"  answers:\n  {indented}"


def _listed(record: Record) -> str:
    """Return a record as an item of a YAML list, a key a line; values of several lines are lists of their own."""
    lines = [f"{key}:\n  " + value.replace("\n", "\n  ") if value.startswith("- ") else f"{key}: {value}" for key, value in record.items()]
    return "- " + "\n  ".join(lines) + "\n"


def _article(world: World, number: int, seed: int, fault: str | None) -> tuple[str, str, list[dict[str, str]]]:
    """Return an article's id, its fact file, and the fault planted in it."""
    rng = Random(f"{seed} article {number}")
    scene, ident = make_scene(world, rng), f"report-{number:05}"
    text = _Text(rng)
    claims, planned = [], world.plan.claims.get(number, [])
    for place in range(max(rng.randint(*CLAIMS), len(planned) + 4)):
        others = place - len(planned)
        claim = position(scene, planned[place], place) if others < 0 else make_claim(scene, others)
        claims.append(claim | {"evidence": text.spans(1 + (rng.random() < 0.2))})
        if "attribution" in claim and rng.random() < 0.3:
            claims[-1]["attribution-evidence"] = text.spans(1)
    planted = []
    if fault:
        claims.append(faulty_claim(fault, len(claims), scene, text.spans(1)))
        planted.append(fault_record(fault, ident, claims[-1]["id"]))
    head = _head(ident, number, rng, {kind: scene.cast[kind] for kind in ("person", "medium")}, text, world.plan.heads.get(number))
    body = "".join(_listed({key: claim[key] for key in ORDER if key in claim}) for claim in claims)
    return ident, f"article:\n{head}\nclaims:\n{body}", planted


def _head(ident: str, number: int, rng: Random, cast: dict[str, list[str]], text: _Text, voice: tuple[str, str] | None) -> str:
    """Return the article's lines; its outlet and wire are those of `voice` where these are planned."""
    day = date(2031, 4, 1) + timedelta(number % 300)
    kind = rng.choice(("news", "news", "reportage", "opinion", "analysis"))
    lines = [f"id: {ident}", f"title: {text.title}", f"kind: {kind}"]
    wired = [f"origin: [{cast['medium'][-1]}]"] if rng.random() < 0.2 else []
    if voice is None:
        lines += [f"author: {cast['person'][0]}"] if rng.random() < 0.6 else []
        voice = cast["medium"][0], ""
    else:
        wired = [f"origin: [{voice[1]}]"] if voice[1] else []
    lines += [f"publisher: {voice[0]}"]
    if rng.random() < 0.2:
        reason = "It speaks of the day before as yesterday."
        lines.append(f"written:\n    interval: {day}/{day + timedelta(2)}\n    because:\n    - {reason}")
    else:
        lines.append(f"published: {day}")
    lines += ["language: en", *wired]
    lines.append(f"url: https://news.example/{ident}")
    lines.append(f"text: {{sha256: {text.digest()}, characters: {len(text.text)}, file: {ident}.txt}}")
    lines.append(f"zones: {{headline: 0-{len(text.title)}}}")
    return "".join(f"  {line}\n" for line in lines)


class _Text:
    """An article's text, of sounds that mean nothing: it is measured and digested, and written nowhere."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.title = self._sentence(6).rstrip(".")
        self.text = f"{self.title}\n\n"

    def _sentence(self, words: int) -> str:
        made = ("".join(self.rng.choices(_SOUNDS, k=self.rng.randint(1, 3))) for _ in range(words))
        return " ".join(made).capitalize() + "."

    def spans(self, count: int) -> str:
        """Return one more sentence, or several, as the `evidence:` of a claim."""
        return _span_list(self._span() for _ in range(count))

    def _span(self) -> str:
        start = len(self.text)
        self.text += self._sentence(self.rng.randint(8, 25)) + " "
        words = self.text[start:-1]
        return f"{start}-{start + len(words)} {sha256(words.encode()).hexdigest()}"

    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def _span_list(spans: Iterable[str]) -> str:
    found = list(spans)
    return found[0] if len(found) == 1 else "\n".join(f"- {span}" for span in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=0)
    given = parser.parse_args()
    planted = generate(given.folder, articles=given.articles, seed=given.seed, faults=given.faults)
    print(f"{given.articles} articles, {len(planted)} planted faults in {given.folder}")


if __name__ == "__main__":
    main()
