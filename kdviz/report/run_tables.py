"""The numbers of a run in tables, and what it takes to make it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdviz.core.errors import UserError
from kdviz.figures.palette import network_name
from kdviz.metrics.chance import holm
from kdviz.metrics.conclusions import shown
from kdviz.metrics.faithfulness import fillings_agree
from kdviz.report.page import Code, Folded, Paragraph, Part, Table
from kdviz.runs.analysis.evidence_answers import ClassDeletion, DeletionCurves
from kdviz.runs.store.measures import Measures, Scores
from kdviz.runs.store.run import Run
from kdviz.training.recipe import settings
from kdviz.training.shell_command import command

QUALITY = {"accuracy": "accuracy", "macro_f1": "macro F1", "nll": "NLL (nats)", "ece": "ECE"}
FIDELITY = {
    "agreement": "agreement", "kappa": "kappa", "predictive_kl": "KL (nats)", "error_consistency": "error consistency",
    "error_copy_rate": "errors copied",
}  # fmt: skip
EVIDENCE = {
    "match": "match", "by_chance": "by chance", "by_control": "the control's match", "transfer": "transfer",
    "p": "p against chance", "adjusted": "p, corrected",
}  # fmt: skip
ANSWERED = "Fidelity: does it answer as its teachers do?"
LOOKED = (
    "Evidence: does it look where they look? Pearson correlation of class activation maps in time, of the student's "
    "branch of that teacher's view where it has one"
)
DELETED = ("network", "filling", "class", "series", "deletion gain", "insertion gain", "both shown")
FAITHFUL = (
    "Faithfulness of CAMs: what deleting and inserting the samples of highest CAM changes in the answer, less what "
    "random orders change, by class and by filling. The filling alone can turn the verdict (Baer et al., 2025)."
)
BITS = "The same line gives the same bits with the same torch version and thread count."


def beside(measures: Measures) -> list[Part]:
    """Quality of every network, fidelity and evidence beside each teacher, and what the student costs."""
    cost = measures.cost
    return [
        *_scores("network", QUALITY, measures.networks, "On the test series"),
        *_scores("student with", FIDELITY, measures.fidelity, ANSWERED),
        *_evidence(measures.evidence),
        Paragraph(
            f"The student has {cost.get('weights', 0):,.0f} parameters and does {cost.get('macs', 0) / 1e6:.2f} "
            f"million MACs per series, in {cost.get('milliseconds', 0):.2f} ms where it was measured.",
            "small",
        ),
    ]


def _scores(who: str, names: Mapping[str, str], by_who: Mapping[str, Scores], caption: str) -> list[Part]:
    rows = [(network_name(w), *(_number(found.get(n)) for n in names)) for w, found in by_who.items()]
    return [Table((who, *names.values()), rows, caption)] if rows else []


def _evidence(by_teacher: Mapping[str, Scores]) -> list[Part]:
    """Beside each teacher; p corrected for all of them."""
    known = {name: p for name, found in by_teacher.items() if (p := found.get("p")) is not None}
    adjusted = dict(zip(known, map(float, holm(list(known.values()))), strict=True))
    rows = {name: {**found, "adjusted": adjusted.get(name)} for name, found in by_teacher.items()}
    many = f", p corrected (Holm) for {len(known)} comparisons" if len(known) > 1 else ""
    return _scores("student with", EVIDENCE, rows, f"{LOOKED}{many}")


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def faithful(deletion: Mapping[str, Mapping[str, DeletionCurves]]) -> list[Part]:
    """Areas over random orders by network, filling and class, and whether the fillings agree; networks with a map."""
    rows = [
        (network_name(role), filling, *_deleted(name, each))
        for role, by in deletion.items()
        for filling, curves in by.items()
        for name, each in {"all": _pooled(curves), **curves.classes}.items()
    ]
    agree = [
        f"{network_name(role)}: {fillings_agree({filling: curves.verdict for filling, curves in by.items()})}"
        for role, by in deletion.items()
    ]
    return [*map(Paragraph, agree), Folded("By class and filling", [Table(DELETED, rows, FAITHFUL)])]


def _pooled(curves: DeletionCurves) -> ClassDeletion:
    many = sum(each.series for each in curves.classes.values())
    return ClassDeletion(many, curves.areas.deletion_gain, curves.areas.insertion_gain, curves.verdict)


def _deleted(name: str, each: ClassDeletion) -> tuple[str, ...]:
    said = {True: "yes", False: "no", None: "too few series"}[each.verdict]
    return name, str(each.series), shown(each.deletion_gain), shown(each.insertion_gain), said


def again(run: Run, method: Mapping[str, Any], final: Mapping[str, Any]) -> list[Part]:
    """The shell line, where it was run, every setting, and the method's papers."""
    request, recipe = run.request, run.recipe
    try:
        line: Part = Code(command(recipe, method, request.get("source", {}), run.device))
    except UserError as why:
        line = Paragraph(why)
    answer = f"{final.get('selection')} epoch: {final.get('best_epoch')} of {final.get('epochs')}"
    where = {
        "data": f"{request.get('data', '')} (fingerprint {recipe.data})",
        "answer": f"{answer}, chosen without test data",
        "seconds": f"{final.get('seconds', 0):.1f}",
        **{name: final.get(name, "unknown") for name in ("torch", "threads", "device")},
        **{name: str(final[name]) for name in ("card",) if name in final},
    }
    every = Table(("setting", "value"), list(settings(recipe).items()))
    return [
        line,
        Paragraph(BITS, "small"),
        Table(("what", ""), list(where.items())),
        Folded("Every setting", [every]),
        _papers(method),
    ]


def _papers(method: Mapping[str, Any]) -> Folded:
    said = method["about"]
    elsewhere = f"The name elsewhere: {said['elsewhere']}" if said.get("elsewhere") else ""
    parts = [said["idea"], *said.get("papers", ()), elsewhere]
    return Folded(f"About {method['title']}", [Paragraph(p) for p in parts if p])
