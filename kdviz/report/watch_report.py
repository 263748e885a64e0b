"""The report of a watched recording: what stands out, on one axis with its controls, and how to watch it again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.plain_text import one_line
from kdviz.data.stretch import Stretch
from kdviz.figures.chart import DASHES, Axis, Line, lines
from kdviz.figures.palette import CONTROL, INK, SERIES, STUDENT
from kdviz.figures.timelines.watch_charts import envelope, squeezed
from kdviz.panels.panel import NUMPY, Panel
from kdviz.report.page import Cards, Code, Folded, Page, Paragraph, Part, Table
from kdviz.runs.analysis.watch_answers import JudgedWatch, stretch_of_run
from kdviz.runs.store.measures import read_scores, z_scores
from kdviz.runs.store.run import Run
from kdviz.runs.store.run_table import about
from kdviz.training.watched.watch_settings import FUSED, watch_line

POINTS, MOST_ALARMS, MOST_DRAWN = 700, 40, 20_000
CLAIM = (
    "This shows where two networks disagree, view by view. On sixteen recordings with known anomalies it was not shown "
    "to find more than the matrix-profile discord, which stands beside it."
)
UNMARKED = (
    "No mark was read for this report: without marks nothing can be said about how well the recording was watched."
)
ALONE = "One recording gives no interval: nothing is concluded from it alone."
HEIGHT = "asinh of z"
CONTROLS = ("discord", "neighbour", "random")


def watch_report(run: Run, verdict: JudgedWatch | None = None) -> str:
    """One HTML file; see `watch_page`."""
    return watch_page(run, verdict).html()


def watch_page(run: Run, verdict: JudgedWatch | None = None) -> Page:
    """The report of a finished watch; without its recording, its numbers. Raises UserError where it has not finished.

    verdict   what known marks say of it, where somebody asked for that; none are read here
    """
    final = run.final or {}
    if not final.get("views"):
        raise UserError(f"This run is {run.state}: a report is made of a watch that has finished.")
    name = str(run.request.get("data", ""))
    ways = ", ".join(f"{v['view']} by {v['method']} after {v['teacher']}" for v in final["views"].values())
    page = Page(
        about(run).name or f"{name}, watched", f"Students that learned its normal part: {ways}. Run {run.folder.name}."
    )
    stretch: Stretch | None
    try:
        stretch = stretch_of_run(run)
    except UserError:
        stretch = None
    page.section("What stands out", *_whole(page, run, final, stretch))
    page.section("The highest moments", _top(final))
    page.section("Controls without a student", *_beside(page, run))
    page.section("How the students learned", *_learned(page, run))
    page.section("Held against known marks", *(_judged(verdict) if verdict else [Paragraph(UNMARKED)]))
    line = watch_line(run.recipe, run.request.get("source", {}), name)
    page.section("How to watch it again", Code(line), *(Paragraph(w, "small") for w in final.get("warnings", ())))
    return page


def _whole(page: Page, run: Run, final: dict[str, Any], stretch: Stretch | None) -> Iterator[Part]:
    z = z_scores(read_scores(run.folder))
    alarms = final["alarms"]
    yield Cards(
        [
            ("Normal until", f"{final['train_end']:,}", "samples; the student learned from four fifths of them"),
            ("Window", f"{final['window']:,}", "samples, scored every quarter of it unless said"),
            ("Alarms", f"{len(alarms):,}", f"above z {final['threshold']:.2f}, chosen by normal data alone"),
        ]
    )
    yield Paragraph(CLAIM, "note")
    if stretch is None:
        yield Paragraph("The recording was not here when this report was made: its scores are.")
    else:
        told = "Its values; the normal part ends where it is marked."
        end = {} if stretch.whole else {float(stretch.train_end): "normal ends"}
        yield page.drawing(
            "chart",
            lines([_line(stretch.channels[0], stretch.values[0], INK)], _time(), Axis("value"), told, end),
            told,
        )
    each = [
        _line(key, squeezed(z[key]), SERIES[k % len(SERIES)], 1.0, DASHES[1 + k % 4])
        for k, key in enumerate(final["views"])
    ]
    whole, size = squeezed(z[FUSED]), len(z[FUSED])
    level = float(np.arcsinh(final["threshold"]))
    each += [
        _line(FUSED, whole, STUDENT, 2.0),
        Line("threshold", [0, size - 1], [level, level], INK, DASHES[1], 2.0),
    ]
    said = f"z by view and fused: {len(alarms):,} alarms, the highest z {float(z[FUSED].max()):.1f}."
    yield page.drawing("chart", lines(each, _time(), Axis(HEIGHT), said), said)
    if alarms:
        rows = [(f"{a:,} to {b:,}", f"{high:.2f}") for a, b, high in alarms[:MOST_ALARMS]]
        more = f" The first {MOST_ALARMS} of {len(alarms):,}." if len(alarms) > MOST_ALARMS else ""
        table = Table(("alarm, samples", "highest z"), rows, f"Alarms of the fused score.{more}")
        yield Folded(f"{len(alarms):,} alarms, sample by sample", [table])


def _time() -> Axis:
    return Axis("sample", "count")


def _line(name: str, values: NDArray[Any], colour: str, width: float = 1.5, dash: str = "") -> Line:
    at, y = envelope(values, 0, len(values), POINTS)
    return Line(name, at.tolist(), np.asarray(y, np.float64).tolist(), colour, dash, width)


def _top(final: dict[str, Any]) -> Part:
    keys, top = list(final["views"]), final.get("top", [])
    if not top:
        return Paragraph("Nothing of the tested part can be listed.")
    rows = [
        (t["time"], f"{t['z']:.2f}", *(f"{t['views'][k]:.2f}" for k in keys),
         ", ".join(f"{k} {share:.0%}" for k, share in t["found_by"].items() if share >= 0.01) or "-",
         t["channel"], f"{t['normal']:,} ({t['distance']:.2f})")
        for t in top
    ]  # fmt: skip
    head = ("time", "fused z", *(f"z {k}" for k in keys), "found by", "channel", "nearest normal window (spreads away)")
    return Table(head, rows, "Half a window or more apart; found by: each view's share of the fused z.")


def _beside(page: Page, run: Run) -> Iterator[Part]:
    z = z_scores(read_scores(run.folder))
    there = [n for n in CONTROLS if n in z]
    each = [
        _line(n, squeezed(z[n]), CONTROL if n == "random" else SERIES[k], 1.0, DASHES[k]) for k, n in enumerate(there)
    ]
    said = "A control that rises where the students do needed no student."
    yield page.drawing("chart", lines(each, _time(), Axis(HEIGHT), said), said)
    if "discord" not in there:
        yield Paragraph("The discord is left out above 60,000 samples: its time grows with the square.", "small")


def _learned(page: Page, run: Run) -> Iterator[Part]:
    each: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for event in run.events():
        if event.get("event") == "epoch":
            for part, value in event.get("readouts", {}).items():
                each.setdefault((event["who"], part), []).append((event["epoch"], value))
    if not each:
        yield Paragraph("Its epochs were not told.")
        return
    keys, drawn = list(dict.fromkeys(key for key, _ in each)), []
    for (key, part), told in each.items():
        first = each[key, "normal"][0][1] or 1.0
        name = f"{key}, {'kept normal part' if part == 'normal' else 'what follows'}"
        colour = SERIES[keys.index(key) % len(SERIES)]
        drawn.append(
            Line(
                name, [e for e, _ in told], [v / first for _, v in told], colour, "" if part == "normal" else DASHES[1]
            )
        )
    said = "Mean discrepancy by epoch, as a share of the first epoch's on normal data."
    yield page.drawing("chart", lines(drawn, Axis("epoch", "count"), Axis("discrepancy", min=0.0), said), said)


def _judged(found: JudgedWatch) -> Iterator[Part]:
    hit = {None: "-", True: "hit", False: "missed"}
    order = sorted(found.scores, key=lambda name: -found.scores[name]["vus_pr"])
    rows = [
        (n, *(f"{found.scores[n][m]:.3f}" for m in ("vus_pr", "auc_pr", "auc_roc")), hit[found.scores[n]["ucr"]])
        for n in order
    ]
    said = f"{found.marked} marked stretches, {found.share:.1%} of the tested part: about what a blind score gets."
    yield Table(("score", "VUS-PR", "AUC-PR", "AUC-ROC", "highest sample"), rows, said)
    yield Paragraph(ALONE, "note")


def watch_panel(run: Run, stretch: Stretch, arrays: dict[str, NDArray[Any]], seen: tuple[int, int]) -> Panel:
    """The scores of the part that is drawn, as lines; thinned to their highest of each piece where it is long."""
    first, last = seen
    thin = -(-(last - first) // MOST_DRAWN)
    last = last - (last - first) % thin
    keys = [*(run.final or {})["views"], FUSED]
    shown = {key: arrays[f"{key}.z"][first:last].reshape(-1, thin).max(1) for key in keys}
    shaped = f"[{first}:{last}]" + (f".reshape(-1, {thin}).max(1)" if thin > 1 else "")
    code = (
        f'run = kdviz.watched("{run.folder.name}")',
        f"# Elsewhere: {watch_line(run.recipe, run.request.get('source', {}), one_line(stretch.name, 60))}",
        f"times = np.arange({first}, {last}, {thin})",
        *(f'{key} = run.z["{key}"]{shaped}' for key in keys),
    )
    title = f"{one_line(stretch.name, 40)}, watched"
    return Panel(title, {"times": np.arange(first, last, thin), **shown}, (NUMPY,), code, "lines", {"up": "z"})
