"""The JSON Schemas that editors work by: generated from the model, committed, and true of the shipped files."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from kb.facts.schema import FILES, json_schema, schema_text
from kb.facts.yaml import Mapping, Node, Scalar, read_node

ROOT = Path(__file__).parent.parent


def plain(node: Node) -> object:
    """Return a node as an editor's YAML 1.2 reader would: numbers and truths guessed, all else text."""
    if isinstance(node, Scalar):
        if node.plain and node.text in ("true", "false"):
            return node.text == "true"
        try:
            return float(node.text) if node.plain and "-" not in node.text[1:] else node.text
        except ValueError:
            return node.text
    return {key: plain(inner) for key, (_, inner) in node.entries.items()} if isinstance(node, Mapping) else [plain(item) for item in node.items]


def kind_of(path: Path) -> str:
    return {"entities": "entities"}.get(path.parent.name) or (path.stem if path.stem in FILES else "fact-file")


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_committed_schema_is_the_models(name: str) -> None:
    committed = (ROOT / "kb" / "schema" / f"{name}.json").read_text("utf-8")
    assert committed == schema_text(name), f"write it anew: python -c 'from kb.facts.schema import schema_text as s; print(s(\"{name}\"), end=\"\")'"
    jsonschema.Draft202012Validator.check_schema(json_schema(FILES[name]))


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").rglob("*.yaml")), ids=lambda path: path.name)
def test_a_shipped_file_fits_its_schema_and_names_it(path: Path) -> None:
    text = path.read_text("utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == (ROOT / "kb" / "schema" / f"{kind_of(path)}.json").resolve()
    jsonschema.validate(plain(read_node(text, path.name)), json_schema(FILES[kind_of(path)]))


@pytest.mark.parametrize(
    "text",
    [
        "article: {id: x, title: T}\nclaims:\n- {id: a, label: L, lable: M}\n",
        "article: {id: x, title: T}\nclaims:\n- {id: a, label: L, polarity: denied}\n",
        "article: {id: x, title: T}\nclaims:\n- {id: a, label: L, evidence: 1 to 2}\n",
        "article: {id: X Y, title: T}\n",
        "claims: []\n",
    ],
)
def test_what_the_reader_refuses_is_red_in_the_editor(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain(read_node(text, "x.yaml")), json_schema(FILES["fact-file"]))
