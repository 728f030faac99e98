"""The README is true: its commands run, its outputs are what they print, and nothing a user can say is missing from it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.query import stored_queries

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [block for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)]
SECONDS = re.compile(r"\b[0-9.]+ s\b")


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Return each `$ command` of a block with the lines below it."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line.rstrip())
    return found


def matches(shown: list[str], printed: str) -> bool:
    """Say whether `shown` is what was printed, where a line `…` stands for any lines and `N s` for any time."""
    parts = [re.escape(SECONDS.sub("N s", line)) for line in shown]
    pattern = r"\n".join(parts).replace(re.escape("…"), r".*?")
    text = "\n".join(SECONDS.sub("N s", line.rstrip()) for line in printed.splitlines())
    return re.fullmatch(pattern, text, re.DOTALL) is not None


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository as a fresh clone would be, built, with `kb` on the path."""
    folder = tmp_path_factory.mktemp("docs") / "conflict-kb"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", ".kb", "__pycache__", ".*_cache", ".hypothesis"))
    (folder / "bin").mkdir()
    script = folder / "bin" / "kb"
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from kb.cli import main; main()' \"$@\"\n", "utf-8")
    script.chmod(0o755)
    assert run("kb build", folder).returncode == 0
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "140"}
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, env=environment, timeout=300)


def needs_texts(command: str) -> bool:
    return "../shared" in command


WIKIDATA = "http://127.0.0.1:7878/query"  # in the README a server with tests/wikidata/; here the one that the tests start


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][2:60])
def test_a_command_prints_what_the_readme_shows(block: str, checkout: Path, request: pytest.FixtureRequest) -> None:
    for written, shown in commands(block):
        folder = str(request.getfixturevalue("texts")) if needs_texts(written) else ""
        command = written.replace("../shared/articles", folder)
        if WIKIDATA in command:
            command = command.replace(WIKIDATA, request.getfixturevalue("wikidata_server"))
        done = run(command, checkout)
        assert done.returncode in (0, 1), f"{command}\n{done.stderr}"
        printed = done.stdout if not folder else done.stderr + done.stdout
        assert not shown or matches(shown, printed), f"$ {command}\n{printed}"


def test_the_readme_shows_commands_with_their_output() -> None:
    assert sum(bool(shown) for block in BLOCKS for _, shown in commands(block)) >= 5


def test_a_wrong_output_would_be_caught() -> None:
    assert matches(["a", "…", "d 2 s"], "a\nb\nc\nd 0.51 s\n") and not matches(["a", "c"], "a\nb\n")


def documented(words: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(words)}(?![\w-])", README) is not None


def cli_options() -> list[tuple[str, str]]:
    """Return (command, option) of every option the command line declares."""
    found = []
    for path in sorted((ROOT / "kb" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                words = [one.value for one in ast.walk(node.args) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found += [(node.name, word) for word in words if re.fullmatch(r"--[a-z-]+", word)]
    return found


def test_options_were_found() -> None:
    assert {("build", "--wait"), ("query", "--store"), ("export", "--article"), ("check", "--texts")} <= set(cli_options())


@pytest.mark.parametrize(("command", "option"), cli_options())
def test_every_command_and_option_is_in_the_readme(command: str, option: str) -> None:
    assert documented(option) and (command.startswith("_") or documented(f"kb {command}") or documented(f"kb link {command}"))


@pytest.mark.parametrize("name", [one.name for one in stored_queries([ROOT / "queries"])])
def test_every_stored_query_is_in_the_readme(name: str) -> None:
    assert f"`{name}`" in README


def test_ci_runs_the_readmes_commands() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for command in ("pip install -e . && kb build", "pip install -e '.[test]' && pytest -n auto --dist loadfile"):
        assert command in README and command in script
