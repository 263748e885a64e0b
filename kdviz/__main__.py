"""`python -m kdviz`."""

import os

from kdviz.core.sandbox import depend

if __name__ == "__main__":
    os.umask(0o077)  # what is written in the home is its owner's
    depend()
    from kdviz.cli import main

    raise SystemExit(main())
