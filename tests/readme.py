"""What the README shows of commands that need a server or a person, and so are no console blocks that run by themselves."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def shows(command: str, printed: str) -> bool:
    """Say whether a `text` block of the README shows this of the command, where a line `…` stands for any lines."""
    blocks = re.findall(r"```text\n\$ (.*?)\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    shown = [body for written, body in blocks if written.startswith(command)]
    assert shown, f"no block of {command}"
    patterns = [re.escape(body.rstrip("\n")).replace(re.escape("…\n"), r"(?:.*\n)*?").replace(re.escape("\n…"), r"(?:\n.*)*") for body in shown]
    assert any(re.fullmatch(pattern, printed.strip("\n")) for pattern in patterns), printed
    return True
