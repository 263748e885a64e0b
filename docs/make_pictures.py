"""Make the pictures of the README and the docs from the running app: `python docs/make_pictures.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser.chromium import FLAGS, find  # noqa: E402
from tests.browser.conftest import settled  # noqa: E402
from tests.browser.server import Server, served  # noqa: E402

DATA = "gunpoint"
PICTURES = {
    "start": ("/", 1280, 1000, "light"),
    "app": ("/evidence?data={data}&run={run}&i=33", 1280, 1000, "light"),
    "encode": ("/encode?data={data}&i=33", 1280, 1100, "light"),
    "distill": ("/distill?data={data}&run={run}", 1280, 785, "light"),
    "evidence-dark": ("/evidence?data={data}&run={run}&i=33", 1280, 1000, "dark"),
}


def train(home: Path) -> str:
    """Distil a GunPoint student from three teachers; the run's identity."""
    out = home / "runs" / ("0" * 32)
    words = [sys.executable, "-m", "kdviz", "distill", f"sample:{DATA}", "--method", "aver", "--out", str(out)]
    subprocess.run(words, cwd=ROOT, env={**os.environ, "KDVIZ_HOME": str(home)}, check=True)
    return out.name


def take(server: Server, run: str) -> None:
    """One picture a line of PICTURES, into docs/."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find()), args=FLAGS)
        for name, (path, width, height, scheme) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
            )
            page.goto(server.url + path.format(data=DATA, run=run))
            settled(page).wait_for_timeout(2500)
            page.screenshot(path=ROOT / "docs" / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        identity = train(Path(folder) / "home")
        with served(Path(folder)) as running:
            take(running, identity)
