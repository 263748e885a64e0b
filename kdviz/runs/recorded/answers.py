"""The answers of a recorded run to the questions that pages ask: what was recorded, or a sentence on what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.core.plugins import told
from kdviz.data.dataset import Dataset
from kdviz.runs.analysis.evidence_answers import (
    DeletionCurves,
    EpochMaps,
    EvidenceMatch,
    ExtractorEvidence,
    FeatureSpectrum,
    InstanceEvidence,
    MethodMaps,
    NetworkMaps,
    SharedFrequencies,
    WeightRandomisation,
)
from kdviz.runs.analysis.evidence_match import corrected
from kdviz.runs.analysis.network_answers import CutoffAccuracy, FrequencyContent, Predictions, RunFidelity, RunNetworks
from kdviz.runs.recorded.record import ProbeMaps, Record, RecordedExtractor, read
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.home import home
from kdviz.runs.store.run import Run
from kdviz.runs.store.snapshot_file import Snapshots

NOT_RECORDED = (
    "{what} was not recorded: it needs the networks, and they stayed with their owner. "
    "Record again with kdviz.compare(..., {how}), or load the weights where you have them."
)
NO_CHANGES = (
    "What the networks say of a changed series cannot be told: this run was recorded from networks that stayed with "
    "their owner. Ask them there: kdviz.compare(teacher, student, changed X, y)."
)

USUAL = ("cam", "attention", "high_pass", "gradcam", "integrated_gradients", "saliency", "occlusion")
ANSWERS = (
    "networks", "predictions", "board", "film", "method_maps", "match", "snapshots", "fidelity", "frequency", "cutoffs",
    "coherence", "deletion", "randomisation",
)  # fmt: skip
"""The questions about a run's networks that are answered here, by their ids."""


def answer(run: Run, question: str, given: Mapping[str, Any]) -> Any:
    """What was recorded of a run's networks, to the question of this id; raises UserError for what was not."""
    return _opened(str(home()), run, run.outcome_key).answer(question, given)


@lru_cache(maxsize=4)
def _opened(place: str, run: Run, mark: str) -> RecordedRun:
    request = run.request
    data = reopen(run.recipe.data, request.get("source", {}), str(request.get("data", "the data")))
    return RecordedRun(read(run), data)


class RecordedRun:
    """A record with its data, answering by question."""

    def __init__(self, record: Record, data: Dataset) -> None:
        self.record, self.data = record, data

    def answer(self, question: str, given: Mapping[str, Any]) -> Any:
        """The answer to the question of this id; raises UserError for what was not recorded."""
        return getattr(self, question)(**given)

    def method_maps(self, series: int) -> MethodMaps:
        """None: how they were taught is their owner's."""
        raise UserError("These networks were trained elsewhere: maps of the method that taught them were not recorded.")

    def networks(self) -> RunNetworks:
        """Who there is, which epochs were recorded, and evidence that student and others have, the usual first."""
        asked = {name: each.asked.get("true", {}) for name, each in self.record.extractors.items() if ":" not in name}
        able = [name for name, by_role in asked.items() if "student" in by_role and len(by_role) > 1]
        return replace(self.record.networks, rows=tuple(sorted(able, key=_usual)[:3]))

    def predictions(self) -> Predictions:
        """Of the whole test set."""
        return self.record.predictions

    def board(
        self, extractors: tuple[str, ...], series: int, target: int, epoch: int | None = None, change: object = None
    ) -> InstanceEvidence:
        """One probe before all networks."""
        if change is not None:
            raise UserError(NO_CHANGES)
        place = self._place(series)
        return InstanceEvidence(
            raw=self.data.X[series],
            views={
                role: {m: self.record.views[m][place] for m in facts.modalities}
                for role, facts in self.record.networks.roles.items()
            },
            probability=self._probability(series, place, epoch),
            extractors={name: self._evidence(name, place, series, target, epoch) for name in extractors},
            spectra=self._spectra(series, epoch),
        )

    def _spectra(self, series: int, epoch: int | None) -> dict[str, dict[str, FeatureSpectrum]]:
        """Of the networks as they were in the end: of an epoch before, the student's are not known."""
        found = self.record.spectra.get(str(series), {})
        return {role: {} if epoch is not None and role == "student" else each for role, each in found.items()}

    def film(self, extractors: tuple[str, ...], series: int, target: int) -> EpochMaps:
        """Epoch by epoch, of the one extractor that was recorded so and for the true class; no epochs else."""
        place, held = self._place(series), self.record.epochs
        if held is None:
            return EpochMaps((), {name: {} for name in extractors}, {})
        shown = {name for name in extractors if name.removesuffix(":-1") == held.extractor}
        if target != int(self.data.y[series]):
            shown = set()
        maps = {role: {m: v[place] for m, v in by.items()} for role, by in held.maps.items() if by}
        return EpochMaps(
            held.epochs,
            {name: maps if name in shown else {} for name in extractors},
            {role: each[:, place] for role, each in held.probability.items()},
        )

    def _place(self, series: int) -> int:
        found = np.flatnonzero(self.record.series == series)
        if not found.size:
            places = np.flatnonzero(np.isin(self.data.test, self.record.series))
            few = ", ".join(map(str, places[:12])) + (" ..." if places.size > 12 else "")
            raise UserError(
                f"Maps of {places.size} of {self.data.test.size} test series were recorded, and this is none of them. "
                f"Choose one of the test series {few}, or record more with probe=."
            )
        return int(found[0])

    def _probability(self, series: int, place: int, epoch: int | None) -> dict[str, Any]:
        row = int(np.flatnonzero(self.data.test == series)[0])
        out = {role: each[row] for role, each in self.record.predictions.probability.items()}
        if epoch is not None:
            out["student"] = self._epochs(epoch)[1][place]
        return out

    def _epochs(self, epoch: int) -> tuple[dict[str, Any], Any]:
        """The student's maps in time (n, T) by modality, and its probabilities (n, classes), after an epoch."""
        held = self.record.epochs
        if held is None or epoch not in held.epochs:
            kept = ", ".join(map(str, held.epochs)) if held else "none, because the networks were looked at once"
            raise UserError(f"Epoch {epoch} was not recorded; recorded were {kept}.")
        at = held.epochs.index(epoch)
        return {m: each[:, at] for m, each in held.maps["student"].items()}, held.probability["student"][at]

    def _extractor(self, name: str) -> RecordedExtractor:
        found = self.record.extractors.get(name.removesuffix(":-1"))
        if found is None:
            raise UserError(self._missing(name))
        return found

    def _missing(self, name: str) -> str:
        there = ", ".join(self.record.extractors)
        return f"{name[:40]!r} was not recorded; recorded were {there}. Record it with extractors=."

    def _evidence(self, name: str, place: int, series: int, target: int, epoch: int | None) -> ExtractorEvidence:
        found = self.record.extractors.get(name.removesuffix(":-1"))
        if found is None:
            why, title = self._missing(name), told("kdviz.evidence").get(name.partition(":")[0], {}).get("title", name)
            return ExtractorEvidence(title, False, {}, dict.fromkeys(self.record.networks.roles, why), {})
        asked = found.asked.get("true" if target == int(self.data.y[series]) else str(target))
        if asked is None:
            why = NOT_RECORDED.format(what="Evidence for another class than the true one", how="what_if=True")
            return ExtractorEvidence(
                found.title, found.signed, {}, dict.fromkeys(self.record.networks.roles, why), found.usual
            )
        networks, refused = {role: _of_one(each, place) for role, each in asked.items()}, dict(found.refused)
        if epoch is not None:
            networks.pop("student", None)
            held = self.record.epochs
            if held is not None and held.extractor == name and epoch in held.epochs:
                times = {m: each[place] for m, each in self._epochs(epoch)[0].items()}
                networks["student"] = NetworkMaps(dict(times), times)
            else:
                refused["student"] = "Of earlier epochs only one extractor's maps were recorded, and not this one's."
        return ExtractorEvidence(found.title, found.signed, networks, refused, found.usual)

    def match(self, extractor: str, target: str | int = "true", extractors: int = 1) -> EvidenceMatch:
        """As recorded; p corrected for so many extractors shown together."""
        self._extractor(extractor)
        by_class = self.record.matches.get(extractor.removesuffix(":-1"), {})
        if not by_class:
            raise UserError(next(iter(self._extractor(extractor).refused.values()), "No network could be asked so."))
        if str(target) not in by_class:
            raise UserError(NOT_RECORDED.format(what="Evidence for another class", how="what_if=True"))
        return corrected(by_class[str(target)], max(int(extractors), 1))

    def snapshots(self, extractor: str = "cam") -> Snapshots:
        """Epoch by epoch, of the one extractor that was recorded so."""
        held = self.record.epochs
        if held is None or self.record.snapshots is None:
            raise UserError(
                "These networks were looked at once, not epoch by epoch. kdviz.Recorder records a training."
            )
        if held.extractor != extractor.removesuffix(":-1"):
            raise UserError(f"Epoch by epoch {held.extractor} was recorded, and {extractor[:40]} was not.")
        return self.record.snapshots

    def fidelity(self) -> RunFidelity:
        """Answers, features and epochs."""
        return self.record.fidelity

    def frequency(self, series: int, stage: int = -1) -> FrequencyContent:
        """Spectra of a probe's last feature maps, or of the last stage that all networks have."""
        self._place(series)
        if not self.record.frequency:
            raise UserError("None of these networks has feature maps, so there are no spectra of them.")
        last = {facts.stages - 1 for facts in self.record.networks.roles.values() if facts.stages}
        found = self.record.frequency.get(str(series) if stage == -1 or {stage} == last else f"{series}:{stage}")
        if found is None:
            raise UserError(
                f"Of networks that stayed with their owner, spectra of the last stage were recorded, and not of stage "
                f"{stage + 1}. Choose the last one, or record again with layers= naming another as the last."
            )
        return found

    def cutoffs(self, cuts: tuple[float, ...] | None = None) -> CutoffAccuracy:
        """At the usual cuts."""
        if cuts is not None or self.record.cutoffs is None:
            raise UserError(NOT_RECORDED.format(what="Accuracy on filtered series", how="without inputs="))
        return self.record.cutoffs

    def coherence(self, extractor: str, teacher: str) -> SharedFrequencies:
        """With one teacher."""
        found = self.record.coherence.get(extractor.removesuffix(":-1"), {}).get(teacher)
        if found is None:
            raise UserError("Coherence was recorded where both maps are told in time, of extractors that are quick.")
        return found

    def deletion(
        self, extractor: str, role: str, baseline: str, many: int, target: str | int = "true"
    ) -> DeletionCurves:
        """Of as many series as were recorded."""
        found = self.record.deletion.get(extractor.removesuffix(":-1"), {}).get(role, {}).get(baseline)
        if found is None or target != "true":
            raise UserError(NOT_RECORDED.format(what="What deleting changes", how="what_if=True"))
        return found

    def randomisation(self, extractor: str, role: str, many: int = 32) -> WeightRandomisation:
        """Of as many series as were recorded."""
        found = self.record.randomisation.get(extractor.removesuffix(":-1"), {}).get(role)
        if found is None:
            raise UserError(NOT_RECORDED.format(what="The check with random weights", how="what_if=True"))
        return found


def _usual(name: str) -> int:
    """Where evidence stands on the board: the page's own order, and the rest behind it."""
    return USUAL.index(name) if name in USUAL else len(USUAL)


def _of_one(probes: ProbeMaps, place: int) -> NetworkMaps:
    return NetworkMaps({m: v[place] for m, v in probes.maps.items()}, {m: v[place] for m, v in probes.times.items()})
