"""A record as a run's folder, like any other: request, events, how it ended, measures, and its data in the home."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from kdviz.core.errors import UserError
from kdviz.core.events import Began, EpochEnded, Learned, Noted, RunFinished
from kdviz.core.files import append_line, fingerprint, private, write, write_json
from kdviz.live.live_networks import LiveRun
from kdviz.metrics.scores import accuracy
from kdviz.runs.analysis.evaluate import taken_of
from kdviz.runs.recorded.record import FILE, Record, to_bytes
from kdviz.runs.store import datasets, run_table
from kdviz.runs.store.final_record import CONTROL
from kdviz.runs.store.measures import VERSION, Measures, outcome_hash
from kdviz.runs.store.run import EVENTS, FINAL, MEASURED, REQUEST, Run, make


@dataclass(frozen=True)
class Told:
    """What a training's owner told of one epoch."""

    epoch: int
    losses: Mapping[str, float] = field(default_factory=dict)
    accuracy: Mapping[str, float] = field(default_factory=dict)
    readouts: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


def keep(live: LiveRun, record: Record, out: Path | None, told: Sequence[Told], began: float) -> tuple[Run, Measures]:
    """Write the run and keep its data; the same networks before the same data are the same run.

    The folder is the home's, or `out`. Raises UserError where `out` holds something else.
    """
    opened, content = live.opened, to_bytes(record)
    recipe = replace(opened.recipe, epochs=max(len(told), 1), knobs={"record": fingerprint(content)[:32]})
    if out is not None and (out / REQUEST).exists() and Run(out).identity != recipe.identity:
        raise UserError(f"{out} holds another run: choose another out=, or leave it away for the home.")
    datasets.keep(opened.data)
    folder = None if out is None else private(out)
    run = make(recipe, opened.data.name, dict(opened.data.source), folder, made="recorded")
    write(run.folder / FILE, content)
    if not (run.folder / FINAL).exists():
        scores = _accuracies(live)
        for event in _events(live, record, told, scores, time.time() - began):
            append_line(run.folder / EVENTS, event.line())
        where = {"torch": torch.__version__, "threads": torch.get_num_threads(), "device": "cpu"}
        end = _end(live, told, scores, time.time() - began)
        write_json(run.folder / FINAL, {**end.line(), **where})
        run_table.write(run, opened.data.name, ())
    measures = Measures(VERSION, outcome_hash(run), **taken_of(opened))
    write_json(run.folder / MEASURED, asdict(measures))
    return run, measures


def _accuracies(live: LiveRun) -> dict[str, dict[str, float]]:
    """By role and split."""
    opened, out = live.opened, dict[str, dict[str, float]]()
    for role in opened.networks:
        splits = {name: index for name, index in opened.data.splits.items() if index.size}
        out[role] = {name: accuracy(opened.logits(role, i), opened.data.y[i]) for name, i in splits.items()}
    return out


def _events(
    live: LiveRun, record: Record, told: Sequence[Told], scores: Mapping[str, dict[str, float]], seconds: float
) -> list[Began | EpochEnded | Noted | Learned]:
    weights = record.networks.roles["student"].weights
    found: list[Began | EpochEnded | Noted | Learned] = [Began("student", len(told), weights)] if told else []
    last = told[-1].epoch if told else 0
    for each in told:
        found.append(
            EpochEnded(
                "student", each.epoch, last, "", dict(each.losses), {}, dict(each.accuracy), each.seconds, True,
                dict(each.readouts),
            )
        )  # fmt: skip
    found += [Noted("student", sentence) for sentence in record.lacks]
    found.append(Learned("student", scores["student"], last, "last", seconds))
    return found


def _end(live: LiveRun, told: Sequence[Told], scores: Mapping[str, dict[str, float]], seconds: float) -> RunFinished:
    last = told[-1].epoch if told else 0
    others = {role.removeprefix("teacher."): {"accuracy": each} for role, each in scores.items() if role != "student"}
    if CONTROL in others:
        others[CONTROL] = others.pop(CONTROL)
    recipe = live.opened.recipe
    return RunFinished(
        recipe.method, scores["student"], last, "last", seconds, last, recipe.seed, teachers=dict(others)
    )


def plain(value: Any) -> Any:
    """A number as Python's own: what JSON can say of whatever a training loop had at hand."""
    return float(value.item() if hasattr(value, "item") else value)
