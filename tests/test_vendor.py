"""Files of other people: unchanged, each with package, version, licence and hash, and a licence text beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FOLDERS = {"shipped": TESTS.parent / "kb" / "static", "tests": TESTS}
ROWS = [(name, row) for name, folder in FOLDERS.items() for row in json.loads((folder / "vendor.json").read_text("utf-8"))]
FREE = {"ISC", "MIT", "BSD-3-Clause", "MPL-2.0", "MIT OR Apache-2.0"}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_is_listed_and_every_listed_file_is_there(name: str) -> None:
    found = {path.relative_to(FOLDERS[name]).as_posix() for path in (FOLDERS[name] / "vendor").rglob("*") if path.is_file()}
    assert found and found == {row["file"] for where, row in ROWS if where == name}


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[row["file"] for _, row in ROWS])
def test_a_file_is_what_its_package_holds(name: str, row: dict[str, str]) -> None:
    assert hashlib.sha256((FOLDERS[name] / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert row["version"] and row["licence"] in FREE


@pytest.mark.parametrize("package", sorted({row["package"] for _, row in ROWS}))
def test_a_package_comes_with_its_licence(package: str) -> None:
    files = [row["file"] for _, row in ROWS if row["package"] == package]
    assert any("LICENSE" in file or file.endswith("package.json") for file in files), files


def test_a_changed_file_would_be_caught() -> None:
    _, row = ROWS[0]
    assert hashlib.sha256(b"changed").hexdigest() != row["sha256"]
