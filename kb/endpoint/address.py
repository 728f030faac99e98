"""Whom we talk to, and who we say we are."""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.parse
from contextlib import suppress

from kb.errors import RemoteError

_CONTACT = re.compile(r"[^\s()<>@]+@[^\s()<>@]+\.[^\s()<>@]+|https?://[^\s()<>]+", re.ASCII)


def host_of(url: str) -> str:
    """Return the host of an endpoint's address. Raises RemoteError when it is not http(s), or carries a password."""
    try:
        parts = urllib.parse.urlsplit(url)
        good = (
            parts.scheme in ("http", "https") and parts.hostname and not (parts.username or parts.fragment) and parts.port != 0
        )
    except ValueError:
        good = False
    if not good or not url.isascii() or re.search(r"[\s<>\"\x00-\x20]", url):
        raise RemoteError("not the address of an endpoint", endpoint=url, cure="write it like https://example.org/sparql")
    return parts.hostname or ""


def is_this_machine(host: str) -> bool:
    """True for localhost and loopback addresses.

    >>> is_this_machine("127.0.0.1"), is_this_machine("127.0.0.1.example.org")
    (True, False)
    """
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def agent(url: str, contact: str | None, library: str = "") -> str:
    """Return the User-Agent: our version, the contact (else KB_CONTACT), the library that wrote the request.

    Raises RemoteError for a contact that is none, and for none at all unless the endpoint is on this machine.
    """
    from importlib.metadata import PackageNotFoundError, version

    contact = contact or os.environ.get("KB_CONTACT", "")
    if contact and not _CONTACT.fullmatch(contact):
        raise RemoteError(f"{contact[:60]!r} is no contact", endpoint=url, cure="give a mail address or a web address of yours")
    if not contact and not is_this_machine(host_of(url)):
        cure = "set KB_CONTACT, or `contact:` in corpus.yaml, to your mail or web address: public endpoints ask who is calling"
        raise RemoteError("not asked: nobody to contact is named", endpoint=url, cure=cure)
    ours = "0"
    with suppress(PackageNotFoundError):
        ours = version("conflict-kb")
    return " ".join(part for part in (f"kb/{ours}", contact and f"({contact})", library) if part)
