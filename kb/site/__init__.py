"""All pages as a folder of files: for any host without a server of ours, and for reading from the folder itself."""

from kb.site.write import Written, write_site

__all__ = ["Written", "write_site"]
