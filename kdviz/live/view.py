"""What came of a look at somebody's networks: numbers, a report that shows itself in a notebook, a run's folder."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write
from kdviz.data.dataset import Dataset
from kdviz.report.recorded_report import recorded_page
from kdviz.runs.analysis.evidence_answers import MeasuredMatch
from kdviz.runs.recorded.record import Record
from kdviz.runs.store.measures import Measures
from kdviz.runs.store.run import Run

HEIGHT = 900


@dataclass(frozen=True)
class View:
    """What `kdviz.compare` gives: values and files only, none of the networks.

    run     the folder of the run that was left, which the app opens like any other
    record  everything that was recorded, typed: see kdviz.runs.recorded.record
    """

    run: Path
    record: Record
    data: Dataset
    measures: Measures

    @property
    def numbers(self) -> dict[str, Any]:
        """Plain values: `accuracy` by network; `match` by extractor, teacher and measure, each with chance, control
        and transfer (None where no control was given), intervals and p; `fidelity` by teacher; `cka` by teacher;
        `refused` by extractor and network; `lacks`, sentences."""
        return {
            "accuracy": {role: each["accuracy"] for role, each in self.measures.networks.items()},
            "match": {name: _told(by["true"].teachers) for name, by in self.record.matches.items() if by},
            "fidelity": self.measures.fidelity,
            "cka": {
                name: {"linear": cka.linear.tolist(), "unbiased": cka.unbiased.tolist()}
                for name, cka in self.record.fidelity.layers.tables.get("student", {}).items()
            },
            "refused": {name: each.refused for name, each in self.record.extractors.items() if each.refused},
            "lacks": list(self.record.lacks),
        }

    def save(self, path: str | Path) -> Path:
        """The report as one HTML file that works offline; raises UserError where it cannot lie there."""
        place = Path(path)
        if place.is_dir() or not place.parent.is_dir():
            raise UserError(f"{place} cannot be written: name a file in a folder that is there.")
        write(place, self.html().encode())
        return place

    def html(self) -> str:
        """The report: one document under 2 MB that fetches nothing."""
        return recorded_page(Run(self.run), self.record, self.data, self.measures).html()

    def _repr_html_(self) -> str:
        """The report in a frame of its own, which can run its drawings and nothing else."""
        held = html.escape(self.html())
        return (
            f'<iframe title="kdviz" sandbox="allow-scripts allow-downloads" width="100%" height="{HEIGHT}" '
            f'style="border:0" srcdoc="{held}"></iframe>'
        )

    def __repr__(self) -> str:
        who = ", ".join(self.record.networks.roles)
        return f"<kdviz view of {who} before {self.data.test.size} test series; run {self.run.name}>"


def _told(teachers: Mapping[str, Mapping[str, MeasuredMatch]]) -> dict[str, Any]:
    return {teacher: {name: _numbers(each) for name, each in by.items()} for teacher, by in teachers.items()}


def _numbers(each: MeasuredMatch) -> dict[str, Any]:
    said = each.numbers
    return {
        "match": asdict(said.match),
        "chance": asdict(said.by_chance),
        "control": None if said.by_control is None else asdict(said.by_control),
        "above_chance": asdict(said.above),
        "ets": None if said.transfer is None else asdict(said.transfer),
        "p": said.p,
        "p_corrected": each.adjusted,
        "sentences": list(each.sentences),
    }
