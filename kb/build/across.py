"""What no fact file can know alone: ids taken twice, claims of another article, texts that are others than they were."""

from __future__ import annotations

from collections.abc import Iterator

from kb.build.manifest import Entry, Manifest
from kb.errors import Fault, did_you_mean
from kb.home import Home
from kb.model import Finding


def other_texts(manifest: Manifest, home: Home) -> Iterator[Finding]:
    """Yield a warning for each text at hand that is not the one its claims were made on: its words are not shown."""
    at_hand = {path.name for path in home.texts.rglob("*") if path.is_file()} if home.texts.is_dir() else set()
    for entry in manifest.entries.values():
        if entry.file in at_hand and not entry.shown:
            message = f"the text {entry.file} at hand is not the one the claims were made on; its words are not shown"
            cure = "bring the old text back, or anchor the claims again and give `text:` the new digest"
            yield Finding(severity="warning", rule="text-digest", message=message, cure=cure, path=entry.path, line=1)


def taken_twice(entries: list[Entry]) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for entry in sorted(entries, key=lambda entry: entry.path):
        if entry.article in first:
            message = f"the article id '{entry.article}' is taken by {first[entry.article]}"
            faults.append(Fault(entry.path, 1, message, "rename one of the two files and its article"))
        first.setdefault(entry.article, entry.path)
    return faults


def missing_claims(entries: list[Entry]) -> list[Fault]:
    """Return a fault for each claim of another article that is named and not there."""
    claims = {f"claim:{entry.article}/{claim}" for entry in entries for claim in entry.claims}
    return [
        Fault(entry.path, 0, f"no claim '{use.removeprefix('claim:')}' in another article", did_you_mean(use, claims))
        for entry in entries for use, kind in entry.uses.items() if kind == "claim" and use not in claims
    ]  # fmt: skip
