"""The Chromium that tests drive: `python -m tests.browser.chromium` prints where it is, or fails."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip
UNSEEN = [
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,"
    "AimEnabled,PreconnectToSearch",
    "--js-flags=--no-opt --no-maglev",
]
"""For tests, whose pages live for seconds: no renderer for the address bar of each window (0.6 s of processor), no code
made faster than it will ever be run (a sixth of a page's). The list takes the place of Playwright's, and repeats it."""

MISSING = (
    "No Chromium was found, so nothing can be checked in a browser. Install it with "
    "`apt-get install -y --no-install-recommends chromium fonts-dejavu-core` (Debian, as root) or "
    f"`{sys.executable} -m playwright install chromium` (elsewhere), or name one in KDVIZ_CHROMIUM."
)


def find() -> Path | None:
    """The browser that is named in KDVIZ_CHROMIUM, the system's, or Playwright's own."""
    given = os.environ.get("KDVIZ_CHROMIUM")
    if given:
        return Path(given) if Path(given).exists() else None
    named = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(named) if named else own()


def own() -> Path | None:
    """The browser that Playwright has loaded down, if it has."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


if __name__ == "__main__":
    found = find()
    print(found or MISSING)
    raise SystemExit(found is None)
