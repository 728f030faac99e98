"""The house: imports point down, each heavy package has its owners, and nothing heavy is imported to show help."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

KB = Path(__file__).parent.parent / "kb"
LAYERS = (
    "errors ids vocab judgement form when model files home outline assets article facts quads rows endpoint store query compare link check export show pages serve site push build start cli"
).split()
OWNERS = {
    "typer": {"cli"},
    "yaml": {"facts"},
    "pyshacl": {"check"},
    "SPARQLWrapper": {"endpoint"},
    "pyoxigraph": {"store", "query", "serve"},
    "rdflib": {"check"},
    "edtf": {"when"},
    "rapidfuzz": {"errors", "link", "compare"},
    "datasketch": {"compare"},
    "numpy": {"compare"},
    "rich": {"show"},
    "jinja2": {"pages"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "markupsafe": {"pages"},
}
FILES = sorted(path for path in KB.rglob("*.py") if path != KB / "__init__.py")


def module_of(path: Path) -> str:
    return path.relative_to(KB).parts[0].removesuffix(".py")


def imported(path: Path) -> list[tuple[str, int]]:
    """Return each module a file imports, `kb.facts.yaml` style, with its line; `from kb import x` counts as `kb.x`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "kb":
            found += [(f"kb.{alias.name}", node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", node.lineno))
    return found


def upward(path: Path) -> list[str]:
    own = LAYERS.index(module_of(path))
    names = [(name.split(".")[1], line) for name, line in imported(path) if name.startswith("kb.") and name != "kb.__version__"]
    return [f"{path.name}:{line} imports {name}" for name, line in names if LAYERS.index(name) > own]


def test_every_module_has_its_layer() -> None:
    assert FILES and {module_of(path) for path in FILES} == set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(KB).as_posix())
def test_imports_point_down(path: Path) -> None:
    assert upward(path) == []



@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(KB).as_posix())
def test_a_heavy_package_is_imported_by_its_owner_only(path: Path) -> None:
    used = {name.split(".")[0] for name, _ in imported(path)} & set(OWNERS)
    assert {package for package in used if module_of(path) not in OWNERS[package]} == set()


def test_each_owner_really_uses_its_package() -> None:
    used = {(name.split(".")[0], module_of(path)) for path in FILES for name, _ in imported(path)}
    assert {(package, owner) for package, owners in OWNERS.items() for owner in owners} <= used


def test_each_owned_package_is_required_by_name() -> None:
    project = tomllib.loads((KB.parent / "pyproject.toml").read_text("utf-8"))["project"]
    named = [*project["dependencies"], *(name for extra in ("copies", "serve") for name in project["optional-dependencies"][extra])]
    required = {re.split(r"[<>=;\[ ]", one)[0].lower() for one in named}
    by_way = {"markupsafe": "jinja2", "numpy": "datasketch"}  # parts of what these hand out
    assert {by_way.get(name, "pyyaml" if name == "yaml" else name.lower()) for name in OWNERS} <= required


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(KB).as_posix())
def test_a_module_stays_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_help_imports_nothing_heavy() -> None:
    heavy = {"datasketch", "numpy", "rdflib", "starlette", "uvicorn", "jinja2", "pyshacl", "pyoxigraph", "SPARQLWrapper", "yaml", "edtf", "rapidfuzz"}
    code = f"import sys\nfrom kb.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]"), done.stdout


def test_nothing_names_a_machine() -> None:
    marks = ("/work" + "/", "/root" + "/", "/tmp/" + "venv")
    found = [path.name for path in FILES for mark in marks if mark in path.read_text("utf-8")]
    assert found == []
