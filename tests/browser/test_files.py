"""A visitor's own file: every family is read, explained, can be corrected; what cannot be read says where and why."""

from __future__ import annotations

import re
import urllib.request

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import choose, settled, sideways, visited
from tests.browser.frame import turn
from tests.browser.server import Server
from tests.browser.test_data_and_encode import drop
from tests.data.readers.awkward import text, xlsx
from tests.data.tables import layouts

PHONE, DESK = 390, 1280
CELLS = "".join(f"<row>{''.join(f'<c><v>{(n * t) % 7}</v></c>' for t in range(1, 13))}</row>" for n in range(1, 9))
FAMILIES = {
    "ucr_2018.tsv": "Read as UCR text: 30 series, 1 channel, 50 samples, 3 classes",
    "multivariate.ts": "Read as .ts, multivariate: 30 series, 3 channels",
    "eyes.arff": "Read as ARFF: 1 series, 3 channels, 400 samples, 2 classes",
    "named_first.csv": "Read as CSV: 30 series, 1 channel, 50 samples, 3 classes",
    "long_labels.csv": "Read as CSV: 6 series, 2 channels, 20 to 25 samples, 2 classes",
    "parts.npz": "Read as npz: 30 series, 3 channels",
    "rows.npy": "Read as npy: 30 series, 1 channel, 50 samples, no classes",
    "lists.parquet": "Read as Parquet: 30 series, 1 channel, 30 to 50 samples",
    "cells.mat": "Read as MATLAB: 30 series, 3 channels, 30 to 39 samples",
    "objects.json": "Read as JSON: 30 series, 1 channel, 30 to 50 samples",
    "whole.wav": "Read as WAV: 1 series, 1 channel, 400 samples",
    "night.edf": "Read as EDF: 1 series, 2 channels, 400 samples",
    "ucr.tsv.gz": "Read as UCR text, gzipped: 30 series",
    "pair.zip": "Read as UCR text, zipped: 30 series",
    "book.xlsx": "Read as Excel:",
}
BOOK = xlsx(f"<sheetData>{CELLS}</sheetData>")
WEAR = "subject,time,ax,ay,activity\n" + "".join(
    f"s{n // 600},{n / 50:.2f},{(n % 37) / 9:.3f},{'' if n == 77 else (n % 23) / 7},{('sit', 'walk')[n // 100 % 2]}\n"
    for n in range(1200)
)


def read(page: Page, name: str, content: bytes, said: str) -> None:
    """Drop a file and wait for what is said about it."""
    drop(page, name, content)
    expect(page.get_by_text(said).first).to_be_visible(timeout=60_000)
    settled(page)


def on(page: Page, *widths: int) -> None:
    """Nothing sticks out on these screens; the page is left on the last one."""
    for width in widths:
        turn(page, width, "light")
        assert sideways(page) == 0, width


def test_a_file_of_every_family_is_read_and_explained(server: Server, browser: Browser) -> None:
    with visited(browser) as open_:
        page = open_(server, "/data")
        for number, (name, said) in enumerate(FAMILIES.items()):
            if number == len(FAMILIES) // 2:
                on(page, DESK, PHONE)
            read(page, name, BOOK if name == "book.xlsx" else layouts.FILES[name][0], said)
        on(page, PHONE, DESK)


def test_a_training_and_a_test_file_dropped_together_on_start_are_one_data_set(
    server: Server, browser: Browser
) -> None:
    lines = layouts.FILES["ucr_2018.tsv"][0].decode().splitlines(keepends=True)
    pair = {"pair_TEST.tsv": lines[20:], "pair_TRAIN.tsv": lines[:20]}
    given = [{"name": n, "mimeType": "text/plain", "buffer": "".join(each).encode()} for n, each in pair.items()]
    with visited(browser, PHONE) as open_:
        page = open_(server, "/")
        page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(given)  # type: ignore[arg-type]
        expect(page.get_by_role("heading", level=1)).to_have_text("Data", timeout=60_000)
        expect(page.get_by_text("Read as UCR text").first).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Showing pair").first).to_be_visible(timeout=60_000)
        expect(page.get_by_text("30 series, 1 channel, 50 samples, 3 classes").first).to_be_visible()
        settled(page)
        on(page, PHONE, DESK)


def test_how_a_file_is_read_is_changed_and_a_recording_is_cut(server: Server, browser: Browser) -> None:
    with visited(browser, PHONE) as open_:
        page = open_(server, "/data")
        read(page, "wear.csv", WEAR.encode(), "Read as CSV: 1 series, 2 channels, 1,200 samples, 2 classes")
        page.get_by_text("Not right? Change how it is read").click()
        on(page, DESK, PHONE)
        choose(page, re.compile("Subject"), "none")
        page.get_by_role("button", name="Read again").click()
        expect(page).to_have_url(re.compile("map=subject"), timeout=60_000)
        settled(page)
        page.get_by_role("tab", name="Windows").click()
        on(page, PHONE, DESK)
        window = page.get_by_role("spinbutton", name="Window")
        window.fill("100")
        window.press("Enter")
        step = page.get_by_role("spinbutton", name="Step to the next")
        step.fill("50")
        step.press("Enter")
        expect(page.get_by_text("This gives 23 windows of 100 samples, one every 50.")).to_be_visible(timeout=60_000)
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("cut into 23 windows of 100 time points, one every 50.")).to_be_visible(timeout=60_000)
        settled(page)
        page.get_by_text(re.compile(r"^\d findings about these data")).click()
        settled(page)
        on(page, DESK, PHONE)
        page.get_by_role("button", name="Drop those series").click()
        expect(page).to_have_url(re.compile("missing%3Ddrop|missing=drop"), timeout=60_000)
        settled(page)
        again = open_(server, page.url.removeprefix(server.url))
        expect(again.get_by_text("--window 100 --step 50").first).to_be_attached()
        on(page, PHONE, DESK)


def test_what_is_refused_says_why_and_what_to_do(server: Server, browser: Browser) -> None:
    with visited(browser, PHONE) as open_:
        page = open_(server, "/data")
        read(page, "model.pkl", b"\x80\x04\x95" + bytes(200), "Pickle files can run code, so kdviz does not open them")
        expect(page.get_by_text("This file cannot be read as it stands")).to_be_visible()
        expect(page.get_by_text("Showing GunPoint, an example data set")).to_be_visible()
        rows = [["label", "a", "b"], *[["x", "1.5", "2.5"] for _ in range(30)]]
        rows[6][2] = "oops"
        read(page, "broken.csv", text(rows), "Line 7, column 3 ('b'): 'oops' is not a number")
        expect(page.get_by_text("Showing GunPoint, an example data set")).to_be_visible()
        on(page, PHONE, DESK)
        rows[6] = rows[6][:2]
        read(page, "short.csv", text(rows), "Line 7 has 2 values, line 2 has 3 (column 3 is missing)")
        page.get_by_role("button", name="Leave such lines out").click()
        expect(page.get_by_text("1 line with too few or too many values left out").first).to_be_visible(timeout=60_000)
        settled(page)
        assert "Traceback" not in page.inner_text("body")
        on(page, DESK, PHONE)


def held(server: Server) -> float:
    """How many bytes of uploads the server's memory holds."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if "UploadedFile" in line and "bytes" in line)


WATCH = """() => {
  window.seen = new Set();
  new MutationObserver(() => document.querySelectorAll('[role=progressbar]')
    .forEach(bar => window.seen.add(bar.getAttribute('aria-valuenow'))))
    .observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


def test_a_large_file_shows_how_far_it_is_and_leaves_the_memory_of_the_server(server: Server, browser: Browser) -> None:
    values = np.random.default_rng(0).normal(size=(60, 4))
    block = "\n".join(",".join(f"{v:.6f}" for v in row) for row in values) + "\n"
    with visited(browser) as open_:
        page = open_(server, "/data")
        page.evaluate(WATCH)
        read(
            page,
            "large.csv",
            ("a,b,c,d\n" + block * 4_000).encode(),
            "Read as CSV: 1 series, 4 channels, 240,000 samples",
        )
        shares = {int(s) for s in page.evaluate("() => [...window.seen]") if s}
        assert len(shares) > 2 and any(0 < s < 100 for s in shares), shares
        assert held(server) == 0
