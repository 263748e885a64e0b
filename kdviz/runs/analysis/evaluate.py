"""Measuring a run for comparisons: its networks on the whole test set, once; the result is kept beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kdviz.core.files import write_json
from kdviz.metrics.scores import fidelity, known_scores, quality
from kdviz.nets.cost import cost
from kdviz.runs.analysis import opened_run
from kdviz.runs.analysis.evidence_match import looked, matches
from kdviz.runs.store.measures import VERSION, Measures, kept, outcome_hash
from kdviz.runs.store.run import MEASURED, Run

MEASURE = "pearson"
EXTRACTOR = "cam"


def measured(run: Run) -> Measures:
    """The measures of a run that has ended, kept or taken now; raises UserError where it has no trained student."""
    known = kept(run)
    if known is not None:
        return known
    found = Measures(VERSION, outcome_hash(run), **taken_of(opened_run.open_for_looking(run)))
    write_json(run.folder / MEASURED, asdict(found))
    return found


def taken_of(opened: opened_run.OpenedRun) -> dict[str, Any]:
    """The measures of an opened run by the names of their fields, but for version and mark."""
    test, labels = opened.data.test, opened.data.y[opened.data.test]
    nets = opened.networks
    logits = {role: opened.logits(role, test) for role in nets}
    teachers = {r.removeprefix("teacher."): z for r, z in logits.items() if r.startswith("teacher.")}
    return {
        "series": int(test.size),
        "learned_from": int(opened.data.train.size),
        "networks": {role: known_scores(quality(z, labels)) for role, z in logits.items()},
        "fidelity": {name: known_scores(fidelity(logits["student"], z, labels)) for name, z in teachers.items()},
        "cost": asdict(cost(nets["student"], opened.shapes)),
        "evidence": _evidence(opened),
        "right": {role: "".join("01"[int(hit)] for hit in z.argmax(1) == labels) for role, z in logits.items()},
        "reference": opened.reference,
    }


def _evidence(opened: opened_run.OpenedRun) -> dict[str, Any]:
    """As on the evidence page: each teacher beside the student's branch of its own view, where there is one."""
    found: dict[str, Any] = {}
    if all(EXTRACTOR in net.without for net in opened.networks.values()):
        return found
    for name, measures in matches(opened, looked(opened, EXTRACTOR), (MEASURE,)).items():
        if MEASURE not in measures:
            continue
        said = measures[MEASURE].summary()
        numbers = {
            "match": said.match,
            "by_chance": said.by_chance,
            "by_control": said.by_control,
            "above": said.above,
            "transfer": said.transfer,
        }
        found[name] = {key: one.value for key, one in numbers.items() if one is not None} | {"p": said.p}
    return found
