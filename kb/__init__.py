"""kb: what news articles say about a war, as checked linked data."""

__version__ = "0.1.0"
