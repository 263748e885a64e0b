"""A file, its columns and labels, and a run's name and tags that try to be markup stay text on every page."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kdviz.runs.store import run_table
from kdviz.runs.store.datasets import store
from kdviz.runs.store.run import Run, make
from kdviz.training.recipe import Recipe
from tests.browser.conftest import settled, visited
from tests.browser.server import Server
from tests.browser.test_data_and_encode import drop

ELSEWHERE = "http://127.0.0.1:9/"
IMAGE, TAG, LINK = f"![x]({ELSEWHERE}x.png)", f"<img src={ELSEWHERE}y.png onerror=alert(1)>", f"[go]({ELSEWHERE})"
RENDERED = f"img[src*='{ELSEWHERE}'], a[href*='{ELSEWHERE}']"
FILE = f"{IMAGE}{TAG}.csv".replace("/", "_")


def recording() -> bytes:
    """Twelve series of three channels whose names are markup, and so are their two labels."""
    rows = ["case,time," + ",".join(f'"{name}"' for name in (IMAGE, TAG, LINK)) + ",label"]
    for case in range(12):
        for t in range(16):
            value = f"{(case % 2) * math.sin(t * 0.9) + 0.01 * case:.3f}"
            rows.append(f'{case},{t},{value},{value},{value},"{(IMAGE, TAG)[case % 2]}"')
    return "\n".join(rows).encode()


def a_run(server: Server, sha: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setitem(os.environ, "KDVIZ_HOME", str(server.home))
    data = store().get(sha)
    run = make(Recipe(sha, views={"signal": {}}), data.name, dict(data.source), made="in a test")
    run_table.write(run, IMAGE + TAG, [TAG, IMAGE])
    return run


def test_what_tries_to_be_markup_is_text_on_every_page(
    server: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = list[str]()
    with visited(browser) as open_:  # a request that leaves this server is a fault there
        page = open_(server, "/data")
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        drop(page, FILE, recording())
        page.wait_for_url("**data=*")
        expect(page.get_by_test_id("stMain")).to_contain_text(IMAGE[:9], timeout=30_000)
        settled(page)
        assert page.locator(RENDERED).count() == 0
        sha = page.url.split("data=")[1][:64]
        run = a_run(server, sha, monkeypatch).folder.name
        for name in ("encode", "distill", "evidence", "sweep", "compare", "learn", "runs"):
            page.goto(f"{server.url}/{name}?alone=true&data={sha}&run={run}")
            settled(page)
            assert page.locator(RENDERED).count() == 0, name
        expect(page.get_by_role("heading", name=IMAGE[:9])).to_be_visible(timeout=30_000)
    assert wrong == []


def test_the_walk_above_would_see_markup(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda one: asked.append(one.url) if one.url.startswith(ELSEWHERE) else None)
    page.set_content(f"<p>{TAG.replace(' onerror=alert(1)', '')}</p><a href='{ELSEWHERE}'>go</a>")
    assert page.locator(RENDERED).count() == 2 and asked == [f"{ELSEWHERE}y.png"]
    context.close()
