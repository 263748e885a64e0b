"""The report of networks that were trained elsewhere: where they looked, in numbers and moving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kdviz.data.dataset import Dataset
from kdviz.figures.palette import network_name
from kdviz.figures.scrubber import scrubber
from kdviz.metrics.conclusions import shown
from kdviz.report.page import Cards, Folded, Page, Paragraph, Part, Table
from kdviz.report.run_report import learned
from kdviz.report.run_tables import beside, faithful
from kdviz.runs.analysis.evidence_answers import EvidenceMatch, MeasuredMatch
from kdviz.runs.analysis.network_answers import Cka
from kdviz.runs.recorded.record import Record
from kdviz.runs.store.final_record import outcomes
from kdviz.runs.store.measures import Measures
from kdviz.runs.store.run import Run
from kdviz.runs.store.run_table import about

ONE_PAIR = (
    "One student, trained once: these numbers say what this network does. Nothing can be concluded from them about "
    "the way it was trained; compare six seeds or more for that."
)
HEAD = ("measure", "match", "by chance", "the control's match", "transfer (ETS)", "p against chance, corrected")
MATCHES = (
    "{title}, asked for the true class, {many} of {test} test series, student beside the {teacher}: means with 95 % "
    "intervals over {unit}. A match means little alone: read it beside chance (maps of other series of the class) and "
    "the from-scratch control."
)


def recorded_page(run: Run, record: Record, data: Dataset | None, measures: Measures | None) -> Page:
    """The report of a recorded run; without its data, its numbers."""
    final, name = run.final or {}, about(run).name or str(run.request.get("data", ""))
    who = ", ".join(
        f"{network_name(role)} ({facts.weights:,} parameters)" for role, facts in record.networks.roles.items()
    )
    page = Page(name, f"Networks trained elsewhere and looked at by kdviz: {who}. Run {run.folder.name}.")
    scores = {who: each["test"] for who, each in outcomes(final).items() if "test" in each}
    cards = [(network_name(who), f"{score:.1%}", "test accuracy") for who, score in scores.items()]
    page.section("What they answer", Cards(cards), Paragraph(ONE_PAIR, "note"))
    page.section("Where they looked", *_looked(page, record, data))
    page.section("Does the student look where its teacher looks?", *_matched(record))
    learned(page, run)
    if measures is not None:
        page.section("Student beside its teachers", *beside(measures))
    page.section("Layer by layer", *_layers(record))
    for extractor, deletion in record.deletion.items():
        if deletion:
            page.section(f"Are the maps faithful? {record.extractors[extractor].title}", *faithful(deletion))
    if record.lacks:
        page.section("What is not known", *(Paragraph(each) for each in record.lacks))
    return page


def _looked(page: Page, record: Record, data: Dataset | None) -> Iterator[Part]:
    """The scrubber; of networks that were looked at once, one frame of it."""
    shots = record.snapshots
    if shots is None or data is None:
        yield Paragraph(
            "The data of this run are not here." if data is None else
            "These networks share no extractor whose maps lie on the time axis; the numbers below are of the views."
        )  # fmt: skip
        return
    series, held = shots.series, record.epochs
    titles = {f"teacher.{t}": network_name(t) for t in shots.teachers} | {"control": network_name("control")}
    title = next(
        (e.title for name, e in record.extractors.items() if held is not None and name == held.extractor),
        next((record.extractors[name].title for name in ("cam", "gradcam", "saliency") if _shown(record, name)), ""),
    )
    drawn = scrubber(
        shots.head(), shots.arrays, data.X[series][:, 0], data.y[series], list(data.classes), titles,
        next(iter(shots.teachers), ""), True, 1 / data.rate if data.rate else None, {"epoch": None, "series": None},
    )  # fmt: skip
    length = f"{data.length / data.rate:g} s" if data.rate else f"{data.length} samples"
    when = "epoch by epoch" if held is not None else "as they are now"
    caption = (
        f"{title} for the true class, carried onto the time axis, of {series.size} test series, {when}. "
        "A match means little alone: read it beside chance and the from-scratch control."
    )
    yield page.drawing("scrubber", drawn, caption, length)


def _shown(record: Record, name: str) -> bool:
    found = record.extractors.get(name)
    return found is not None and "student" in found.asked.get("true", {})


def _matched(record: Record) -> Iterator[Part]:
    """Every measure of every extractor; the first extractor's are open."""
    for place, (name, by_class) in enumerate((n, m) for n, m in record.matches.items() if m):
        found = by_class["true"]
        tables = [_table(found, teacher, measures) for teacher, measures in found.teachers.items() if measures]
        said = [Paragraph(s) for m in found.teachers.values() for each in m.values() for s in each.sentences[:1]]
        refused = [
            Paragraph(f"{network_name(r)}: {why}", "small") for r, why in record.extractors[name].refused.items()
        ]
        parts: list[Part] = [*tables, *said, *refused]
        if place == 0:
            yield from parts
        else:
            yield Folded(found.title, parts)
    none = [name for name, by_class in record.matches.items() if not by_class]
    for name in none:
        yield Paragraph(f"{record.extractors[name].title}: {_why_not(record, name)}", "small")


def _why_not(record: Record, name: str) -> str:
    refused: Mapping[str, str] = record.extractors[name].refused
    return next((f"{network_name(role)}: {why}" for role, why in refused.items()), "not taken of these networks.")


def _table(found: EvidenceMatch, teacher: str, measures: Mapping[str, MeasuredMatch]) -> Table:
    rows = [(each.title, *_numbers(each)) for each in measures.values()]
    caption = MATCHES.format(
        title=found.title, many=found.series.size, test=found.test, teacher=network_name(teacher), unit=found.unit
    )
    return Table(HEAD, rows, caption)


def _numbers(each: MeasuredMatch) -> tuple[str, ...]:
    said = each.numbers
    control, transfer = (shown(n) if n is not None else "no control" for n in (said.by_control, said.transfer))
    p = "undefined" if each.adjusted is None else f"{each.adjusted:.3f}"
    return shown(said.match), shown(said.by_chance), control, transfer, p


def _layers(record: Record) -> Iterator[Part]:
    """CKA, unbiased, of every stage with every stage."""
    found = record.fidelity.layers
    for who, by_teacher in found.tables.items():
        for teacher, cka in by_teacher.items():
            yield _cka(who, teacher, cka, found.series)


def _cka(who: str, teacher: str, cka: Cka, series: int) -> Table:
    head = ("stage", *(f"{network_name(teacher)} {k + 1}" for k in range(cka.unbiased.shape[1])))
    rows = [(f"{network_name(who)} {k + 1}", *(f"{v:.3f}" for v in row)) for k, row in enumerate(cka.unbiased)]
    return Table(head, rows, f"Unbiased linear CKA of features averaged over places, {series} test series.")
