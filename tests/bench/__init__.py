"""The benchmark: invented corpora of any size, our way and the usual way side by side. Run by hand: `python -m tests.bench.run`."""
