"""When something holds: EDTF text (`stated`), and words such as `last week` that hang on an anchor (`relative`)."""

from __future__ import annotations

import re
from typing import Literal

from kb.errors import BadDate
from kb.when.relative import is_relative, nearest_words, resolve
from kb.when.stated import LONGEST, When, read_edtf

__all__ = ["LONGEST", "Basis", "When", "is_relative", "read_edtf", "read_time", "resolve"]
Basis = Literal["stated", "relative"]


def read_time(text: str, anchor: When | None) -> tuple[When, Basis]:
    """Return what `text` means, EDTF or relative words, and which of the two it is.

    Raises BadDate; for relative words also when there is no `anchor` to hang them on.
    """
    if is_relative(text):
        return resolve(text, anchor), "relative"
    try:
        return read_edtf(text), "stated"
    except BadDate as error:
        cure = nearest_words(text) if re.search(r"[a-z]{3}", text[:LONGEST].casefold()) else ""
        raise BadDate(error.message, cure=cure or error.cure) from None
