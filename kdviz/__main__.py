"""`python -m kdviz`."""

import os
import sys
from io import TextIOWrapper

from kdviz.core.sandbox import depend

if __name__ == "__main__":
    os.umask(0o077)  # what is written in the home is its owner's
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that this output has no letters for
    depend()
    from kdviz.cli import main

    raise SystemExit(main())
