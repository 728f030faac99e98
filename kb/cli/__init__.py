"""The command line: reads options, calls one function, hands the result to `show`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kb import __version__
from kb.errors import KbError
from kb.home import Home, find_home

app = typer.Typer(
    name="kb",
    help="What news articles say about a war, as checked linked data.",
    epilog="Exit: 0 clean, 1 findings, 2 could not, 70 a bug of ours, 75 another build runs.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_where: dict[str, Path] = {}


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"kb {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    dir: Annotated[Path, typer.Option("--dir", "-C", help="The knowledge base's folder, or one below it.")] = Path(),
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    _where["dir"] = dir


def home() -> Home:
    """Return the knowledge base the command is about."""
    return find_home(_where.get("dir", Path()))


def say(text: str) -> None:
    """Tell a person; data goes to stdout, all else here."""
    print(text, file=sys.stderr)


def tell_findings(findings: Any, looked_at: dict[str, int], format: str) -> None:
    from kb.show import looked_line, show_findings

    show_findings(findings, looked_at, format, sys.stdout)
    if format == "jsonl":
        say(looked_line(looked_at))


def exit_with_findings(findings: Any) -> None:
    """End with 1 when there is an error or a warning; remarks alone are clean."""
    if any(finding.severity != "info" for finding in findings):
        raise typer.Exit(1)


_STEPS = {"read": " articles", "check": " articles"}  # `page` tells by itself of what


class Meter:
    """Progress on stderr, when that is a terminal: one line, rewritten."""

    def __init__(self) -> None:
        self.on = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        self.drawn = False

    def __call__(self, step: str, done: int, all_: int) -> None:
        if self.on and (done % 25 == 0 or done == all_):
            self.drawn = True
            sys.stderr.write(f"\r{step} {done} of {all_}{_STEPS.get(step, '')} \x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        if self.drawn:
            sys.stderr.write("\r\x1b[K")


def main(arguments: list[str] | None = None) -> None:
    """Run `kb`. The one place where every error ends as a sentence and an exit code."""
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KbError as wrong:
        say(f"kb: {wrong}")
        return wrong.exit_code
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as ended:  # typer makes a broken pipe an exit with 1
        return _reader_left() if isinstance(ended.__context__, BrokenPipeError) else int(ended.code or 0)
    except (KeyboardInterrupt, typer.Abort):
        say("kb: stopped")
        return 130
    except Exception as wrong:
        return _usage_or_bug(wrong)


def _reader_left() -> int:
    """The reader had enough, as in `kb export | head`: no fault of anybody's."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _usage_or_bug(wrong: Exception) -> int:
    if hasattr(wrong, "show") and hasattr(wrong, "exit_code"):  # typer's own usage errors; it carries its own Click
        wrong.show()
        return wrong.exit_code
    import traceback

    traceback.print_exc()
    say(f"kb: this is a bug of ours ({type(wrong).__name__}); please report it with the lines above")
    return 70


from kb.cli import making, asking, comparing, linking, judging, renewing, serving, publishing  # noqa: E402, F401, I001  (they add their commands to `app`, in this order)
