"""The command line: the same code as the pages, said in one line each."""

from __future__ import annotations

import argparse
import errno
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kdviz.commands.base import Command, commands
from kdviz.core.child_process import SERVED
from kdviz.core.errors import UserError
from kdviz.core.sandbox import depend

OF_THE_PLACE = {errno.EACCES, errno.EDQUOT, errno.ENOENT, errno.ENOSPC, errno.EPERM, errno.EROFS}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        """A wrong command line is the user's mistake: one sentence, exit 2."""
        raise UserError(f"{message[0].upper()}{message[1:]}. See `{self.prog} --help`.")


def parser() -> argparse.ArgumentParser:
    """All commands, each with `--json`."""
    typed = "kdviz" if Path(sys.argv[0]).stem == "kdviz" else "python -m kdviz"
    top = _Parser(prog=typed, description="Does the small model look where its teacher looks?")
    under = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, command in sorted(commands().items()):
        one = under.add_parser(name, help=command.help, description=command.help)
        one.add_argument("--json", action="store_true", help="machine-readable on stdout, everything else on stderr")
        command().arguments(one)
    return top


def entry() -> int:
    """`kdviz` alone opens the app, wherever it is typed; `kdviz WORD ...` is `python -m kdviz WORD ...`."""
    os.umask(0o077)  # what is written in the home is its owner's
    if sys.argv[1:]:
        depend()
        return main()
    if place := os.environ.get("KDVIZ_HOME"):
        os.environ["KDVIZ_HOME"] = str(Path(place).resolve())
    os.chdir(SERVED)  # the app's settings lie there
    port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
    print(f"kdviz is served at http://127.0.0.1:{port} (Ctrl-C ends it; STREAMLIT_SERVER_PORT chooses another port).")
    sys.argv = ["streamlit", "run", "app.py"]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
    return 0


def main(words: Sequence[str] | None = None) -> int:
    """Run one command: 0 good, 2 the user's mistake in one sentence, 1 our fault."""
    try:
        given = parser().parse_args(words)
        command: Command = commands()[given.command]()
        return command.run(given)
    except UserError as sentence:
        print(" ".join(str(sentence).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as reason:
        if reason.errno not in OF_THE_PLACE or not isinstance(reason.filename, str | Path):
            raise
        print(f"{reason.filename}: {reason.strerror}. Name another place, or make this one usable.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped." if sys.stderr.isatty() else "Stopped.", file=sys.stderr)  # a bar may stand on this line
        return 130
