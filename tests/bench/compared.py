"""What a comparison finds beside what was planted: `python -m tests.bench.compared run DIR` prints JSON for a corpus that is built."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.compare import Comparison, compare
from kb.home import Home
from kb.query import stored_queries
from kb.show.comparison import write_table
from kb.store import Store, open_store

from .timing import Clock, peak_memory

_KB = "https://w3id.org/conflict-kb/"
_NODES = f"""PREFIX kb: <{_KB}ns/>
SELECT ?node ?strength ?origins ?same (COUNT(?member) AS ?members) {{
  VALUES ?class {{ kb:Contradiction kb:Rivalry kb:Corroboration }} ?node a ?class ; kb:strength ?strength ; kb:member ?member .
  OPTIONAL {{ ?node kb:origins ?origins }} OPTIONAL {{ ?node kb:sameTime ?same }}
}} GROUP BY ?node ?strength ?origins ?same ORDER BY ?node"""


def run(folder: Path) -> dict[str, Any]:
    """Return processor seconds of reading and comparing and of writing the table, and every node that is not as planted."""
    home, clock = Home(folder), Clock()
    planted = json.loads((folder / "disagreements.json").read_text("utf-8"))
    [words] = [one for one in stored_queries(home.queries) if one.name == "claims-set-against-each-other"]
    store = open_store(home.store.resolve())
    with clock.step("compare"):
        found = compare(store, words=words)
    with clock.step("table"):
        write_table(found, io.StringIO(), _KB)
    memory = peak_memory()
    given = {_id(one.answer): len(one.claims) for question in found.questions for one in question.positions if one.claims}
    return {
        "claims": sum(given.values()), "questions": len(found.questions), "planted": len(planted["nodes"]), "cpu": clock.cpu,
        "seconds": clock.seconds, "memory": memory, "same claims": given == planted["answers"],
        "not as planted": _apart(planted["nodes"], found_nodes(found)),
        "not as planted in the graph": _apart(_as_derived(planted), derived_nodes(store)),
    }  # fmt: skip


def found_nodes(found: Comparison) -> list[dict[str, Any]]:
    """Return what was found in the form in which it was planted."""
    return sorted(_nodes(found), key=lambda one: one["node"])


def _nodes(found: Comparison) -> Iterator[dict[str, Any]]:
    for question in found.questions:
        for clash in question.clashes:
            yield {
                "node": _id(clash.iri), "strength": question.strength, "scopes": list(clash.scopes),
                "voices": sorted(map(_id, clash.voices)), "same_time": clash.same_time,
            }  # fmt: skip
        for one in question.corroborations:
            yield {
                "node": _id(one.iri), "strength": question.strength, "origins": len(one.origins),
                "adverse": [list(map(_id, pair)) for pair in one.adverse], "more_adverse": one.has_more_adverse,
            }  # fmt: skip


def derived_nodes(store: Store) -> list[dict[str, Any]]:
    """Return the nodes of the derived graph, by their ids, with what both forms tell."""
    return [
        {"node": _id(node), "strength": _id(strength), "origins": int(origins or 0), "same": same, "members": int(members)}
        for node, strength, origins, same, members in store.texts(_NODES)
    ]


def _as_derived(planted: dict[str, Any]) -> list[dict[str, Any]]:
    def members(node: str) -> int:
        question, _, *answers = node.split("/")
        return sum(planted["answers"][f"{question}/{answer}"] for answer in answers)

    same = {True: "true", False: "false", None: ""}
    return [
        {"node": one["node"], "strength": one["strength"], "origins": one.get("origins", 0), "same": same[one.get("same_time")],
         "members": members(one["node"])} for one in planted["nodes"]
    ]  # fmt: skip


def _id(iri: str) -> str:
    return iri.removeprefix(f"{_KB}ns/strength/").removeprefix(f"{_KB}id/question/").removeprefix(f"{_KB}id/entity/")


def _apart(planted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what stands on one side alone, each with the side's name."""
    sides = [{json.dumps(one, sort_keys=True): one for one in side} for side in (planted, found)]
    return [
        {"side": name} | one
        for name, here, there in (("planted", *sides), ("found", *reversed(sides))) for text, one in here.items() if text not in there
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[2]))))
