"""An invented world for invented articles: entities, events and questions, growing with the number of articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from .plan import Plan, make_plan

# Shares of a hundred entities, by kind. Each state has a government, a force and an office of its own.
SHARES = {
    "state": 6, "government": 6, "armed-force": 6, "office": 6, "region": 8, "place": 18, "person": 26, "body": 8, "medium": 5,
    "materiel": 5, "group": 6,
}  # fmt: skip
FILES = {
    "state": "states", "government": "bodies", "armed-force": "bodies", "office": "offices", "region": "places", "place": "places",
    "person": "people", "body": "bodies", "medium": "media", "materiel": "materiel", "group": "groups",
}  # fmt: skip
EVENT_TYPES = (
    "withdrawal", "regrouping", "build-up", "offensive", "occupation", "exercise", "arms-transfer", "sanction", "asset-freeze",
    "spending", "support", "visit", "meeting", "election", "crisis",
)  # fmt: skip
_SYLLABLES = ["ka", "ro", "ven", "dal", "mi", "tor", "esh", "lun", "bar", "ost", "ri", "gam", "pel", "sun", "vor", "ith", "nar", "qui", "zel", "hod"]
_ENDINGS = {"state": "ondia", "region": "mark", "place": "haven", "body": " Council", "medium": " Courier", "materiel": "-7 launcher"}
_NORTH = str.maketrans("aeiou", "áéíóú")

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class World:
    """`entities`: kind → records; a record is YAML key → value as it is written. `labels`: id → name.

    `plan`: the disagreements that are planted, with questions and a cast of their own.
    """

    entities: dict[str, list[Record]]
    events: list[Record]
    plan: Plan
    labels: dict[str, str] = field(default_factory=dict)


def make_world(articles: int, seed: int) -> World:
    """Return the world of a corpus: about articles/5 + 50 entities, articles/10 + 20 events, articles/20 + 20 cases."""
    rng = Random(f"{seed} world")
    size = articles // 5 + 50
    counts = {kind: max(3, round(size * share / 100)) for kind, share in SHARES.items()}
    entities: dict[str, list[Record]] = {}
    for kind, count in counts.items():
        entities[kind] = [_entity(kind, number, entities, rng) for number in range(count)]
    events = [_event(number, rng) for number in range(articles // 10 + 20)]
    labels = {one["id"]: one["label"] for records in [*entities.values(), events] for one in records}
    return World(entities, events, make_plan(articles, seed), labels)


def name_of(number: int, kind: str) -> str:
    """Return an invented name, another for each number of a kind."""
    shift, word = sum(map(ord, kind)), ""
    for _ in range(3):
        word += _SYLLABLES[(number + shift) % len(_SYLLABLES)]
        shift, number = shift * 7 + 3, number // len(_SYLLABLES)
    return word.capitalize()


def _entity(kind: str, number: int, entities: dict[str, list[Record]], rng: Random) -> Record:
    make = {"person": _person, "government": _of_state, "armed-force": _of_state, "office": _of_state, "group": _group}
    one = make.get(kind, _named)(kind, number, entities)
    if kind != "state":
        one.setdefault("country", rng.choice(entities["state"])["id"])
    if kind == "place":
        one["part-of"] = rng.choice(entities["region"])["id"]
    if kind in ("person", "government"):
        one["aliases"] = f"[{one['label'].split()[-1]}]"
    if kind == "person" and number % 3 == 0:
        one["description"] = "an official who speaks for others"
    if number % 5 == 0:
        one["misspellings"] = one["label"].replace("a", "aa").replace("o", "oo")
        one["labels"] = f"{{cs: {one['label'].translate(_NORTH)}}}"
    return {"id": one.pop("id"), "kind": kind} | one


def _named(kind: str, number: int, _: object) -> Record:
    label = name_of(number, kind) + _ENDINGS[kind]
    return {"id": _slug(label), "label": label}


def _person(_: str, number: int, __: object) -> Record:
    label = f"{name_of(number % 97, 'first')} {name_of(number, 'person')}"
    return {"id": _slug(label), "label": label}


def _of_state(kind: str, number: int, entities: dict[str, list[Record]]) -> Record:
    state = entities["state"][number % len(entities["state"])]
    word = {"government": "Government", "armed-force": "Army", "office": "First Minister"}[kind]
    one = {"id": f"{_slug(word)}-of-{state['id']}", "label": f"{word} of {state['label']}", "country": state["id"]}
    return one | ({"metonym": state["id"]} if kind == "government" else {})


def _group(_: str, number: int, __: object) -> Record:
    label = f"residents of {name_of(number, 'place')}haven"
    return {"id": _slug(label), "label": label}


def _event(number: int, rng: Random) -> Record:
    type_ = EVENT_TYPES[number % len(EVENT_TYPES)]
    label = f"{name_of(number, 'event')} {type_.replace('-', ' ')}"
    one = {"id": _slug(label), "label": label, "type": type_, "status": rng.choice(("claimed", "presupposed", "planned", "possible"))}
    if number % 4 == 0:
        one["aliases"] = f"[the {label} affair]"
        one["description"] = "what several articles tell in several ways"
    if number >= len(EVENT_TYPES):
        one["part-of"] = _slug(f"{name_of(number % 15, 'event')} {EVENT_TYPES[number % 15]}")
    return one


def _slug(label: str) -> str:
    return "-".join(label.lower().replace("-", " ").split())
