"""The report of a comparison: what was compared, what follows, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.figures import comparison_charts as draw
from kdviz.figures.palette import spoken
from kdviz.report.page import Folded, Page, Pair, PaperFigure, Paragraph, Part, Table
from kdviz.runs.comparison.comparison_answers import ComparedPlace, Comparison, MeanScore, MethodOrder, StudentOrder
from kdviz.runs.store.history import epochs_by_network
from kdviz.runs.store.run import Run
from kdviz.runs.store.run_table import about
from kdviz.training.recipe import differences

FEW = 4
HOW = (
    "Differences are paired: same seed, data, split and student. Means have 95 % t intervals over seeds; p is that of "
    "an exact Wilcoxon signed-rank test, corrected by Holm for all comparisons made together. Seeds tell how a method "
    "varies on this very split, nothing about other subjects or data sets."
)


BRANCHES = (
    "A student's branch is held beside the teacher of its own view; where it does not see that view, its signal branch."
)


def comparison_report(found: Comparison, runs: Sequence[Run], figures: Sequence[PaperFigure] = ()) -> str:
    """One HTML file; see `comparison_page`."""
    return comparison_page(found, runs, figures).html()


def comparison_page(found: Comparison, runs: Sequence[Run], figures: Sequence[PaperFigure] = ()) -> Page:
    """The report of `kdviz.runs.comparison.compare.compared`, the figures that were chosen and, for a few runs, their
    curves and recipes."""
    count = found.runs
    page = Page(f"{count} runs compared", _subtitle(found))
    page.section("How to read this", Paragraph(HOW, "note"))
    for place in found.places:
        _place(page, place, found.baseline)
    for data, rows in draw.rows_by_data(found.places).items():
        if len([r for _, r in rows if r.cost("weights") is not None]) > 1:
            page.section(f"What accuracy costs: {data}", page.drawing("chart", draw.front(rows, "weights")))
    for order in found.orders:
        _order(page, order)
    page.paper(figures)
    if 1 < len(runs) <= FEW:
        _few(page, runs)
    return page


def _subtitle(found: Comparison) -> str:
    data = ", ".join(dict.fromkeys(p.data for p in found.places))
    methods = ", ".join(dict.fromkeys(r.method for p in found.places for r in p.rows))
    return f"{methods} on {data}."


def _place(page: Page, place: ComparedPlace, baseline: str) -> None:
    rows = place.rows
    parts: list[Part] = [page.drawing("chart", draw.scores(rows), "Test accuracy: mean and 95 % interval over runs.")]
    for key, other in (("to_scratch", "the from-scratch control"), ("to_baseline", baseline)):
        if any(r.difference(key) for r in rows):
            chart = draw.differences(rows, key, other)
            parts.append(page.drawing("chart", chart, f"Paired differences to {other}. Squares are conclusive."))
            parts += [Paragraph(each.sentence) for r in rows if (each := r.difference(key))]
    both = [(name, teacher) for teacher in place.teachers for name in draw.BESIDE]
    body = [
        (
            r.method,
            r.seeds,
            _interval(r.accuracy),
            *(_interval(r.score(name, teacher)) for name, teacher in both),
            spoken(r.reference) if r.reference else "",
            _interval(r.seconds),
            "" if r.weights is None else f"{r.weights:,.0f}",
        )
        for r in rows
    ]
    held = (f"{name}, {spoken(teacher)}" for name, teacher in both)
    head = ("method", "seeds", "accuracy", *held, "hands on", "seconds", "parameters")
    all_numbers = Folded("All numbers", [Table(head, body, BRANCHES)])
    page.section(f"{place.data}, student {place.student}", *parts, all_numbers)


def _interval(mean: MeanScore) -> str:
    if mean.value is None:
        return "not measured"
    spread = "" if mean.low is None else f" [{mean.low:.3f}, {mean.high:.3f}]"
    return f"{mean.value:.3f}{spread}"


def _order(page: Page, order: StudentOrder) -> None:
    title = f"Over data sets, student {order.student}"
    told = order.ranking
    if told is None:
        page.section(title, Paragraph(order.why))
        return
    page.section(title, page.drawing("chart", draw.order(told)), Paragraph(told.sentence), *_chances(told))


def _chances(order: MethodOrder) -> list[Part]:
    middle = [(n, f"{v[0]:.3f} [{v[1]:.3f}, {v[2]:.3f}]") for n, v in order.middle.items() if v[0] is not None]
    means = Table(("method", "mean of the middle half"), middle)
    parts: list[Part] = [Folded("Interquartile means over data sets and seeds", [means])]
    if order.chances is not None:
        rows = [(n, *(f"{c:.0%}" for c in each)) for n, each in order.chances.items()]
        head = ("method", "worse", "the same within 1 point", "better")
        parts.append(Folded("How probable: Bayesian signed-rank test against the baseline", [Table(head, rows)]))
    return parts


def _few(page: Page, runs: Sequence[Run]) -> None:
    names = [about(run).name or f"{run.recipe.method}, seed {run.recipe.seed} ({run.folder.name[:6]})" for run in runs]
    told = {n: epochs_by_network(r.events()).get("student", []) for n, r in zip(names, runs, strict=True)}
    charts = [page.drawing("chart", draw.overlaid(told, what)) for what in ("loss", "validation")]
    page.section("Curves over one another", Pair(charts))
    rows = [(name, *values) for name, values in differences([run.recipe for run in runs])]
    page.section("In what the recipes differ", Table(("setting", *names), rows) if rows else Paragraph("In nothing."))
