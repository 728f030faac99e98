"""All pages as a folder of files: for any host without a server of ours, and for reading from the folder itself."""

from importlib.util import find_spec

from kb.errors import InputError
from kb.site.write import Written, write_site

__all__ = ["Written", "check_installed", "write_site"]


def check_installed() -> None:
    """Raise InputError with the cure when the package that makes pages is missing."""
    if find_spec("jinja2") is None:
        raise InputError("`kb site` needs jinja2", cure="install it with  pip install 'conflict-kb[serve]'")
