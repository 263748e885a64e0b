"""Your own two networks: looked at once, or epoch by epoch while the student learns. Torch is imported when called."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from kdviz.core.errors import UserError

if TYPE_CHECKING:
    from torch import nn

    from kdviz.live.epoch_looks import EpochLook
    from kdviz.live.live_networks import Asked
    from kdviz.live.run_keeper import Told
    from kdviz.live.view import View

PROBES = 64
MOST_PROBES = 256
NAME = "your networks"


def compare(
    teacher: nn.Module | Mapping[str, nn.Module],
    student: nn.Module,
    X: Any,
    y: Any,
    *,
    control: nn.Module | None = None,
    inputs: Mapping[str, Any] | None = None,
    views: Mapping[str, Any] | None = None,
    time_axis: int | Mapping[str, int] | None = None,
    layers: Mapping[str, Sequence[str]] | None = None,
    classes: Sequence[str] | None = None,
    channels: Sequence[str] | None = None,
    rate: float | None = None,
    groups: Any = None,
    test: Any = None,
    extractors: Sequence[str] | None = None,
    probe: int = PROBES,
    what_if: bool = False,
    out: str | Path | None = None,
    name: str = NAME,
) -> View:
    """Does your student look where your teacher looks? The modules are only looked at: weights, modes, hooks, gradients
    and random numbers are afterwards as they were.

    X          (N, C, T) series, y (N,) labels: whole numbers in the order of the logits, or names in `classes`
    control    the student's twin trained on labels alone; without it no number is told of one
    inputs     by network (`teacher`, a teacher's name, `student`, `control`): its own (N, C, *grid) in X's place
    views      by network: a view of kdviz of X by id such as `gaf`, or a fitted `kdviz.modality`
    time_axis  which axis of image inputs is time (2 or 3), for all or by network; None: their maps stay images
    layers     by network: dotted names of its stages, the last last; found by watching the network else
    rate       samples per second; groups (N,) subjects or recordings; test: numbers of the test series, all
               else; or the data set of kdviz that X and y are from: Compare lays its runs beside this one
    extractors by id, all that a network can be asked else; probe: of how many test series every map is kept
    what_if    also record other classes, deletion curves and the check with random weights: takes minutes
    out        the folder of the run; the home's else. name: how the run is called; by its data where test is a data set

    Raises UserError with what was given, what is allowed and what to do.
    """
    from kdviz.live.live_networks import Asked, live_run
    from kdviz.nets.foreign_network import quiet

    asked = Asked(control, inputs, views, time_axis, layers, classes, channels, rate, groups, test, str(name))
    began, probe = time.time(), _probes(probe)
    live = live_run(teacher, student, X, y, asked)
    with quiet([*live.modules.values()]):
        return _view(live, extractors or (), probe, what_if, out, (), (), began)


def _probes(probe: int) -> int:
    if not isinstance(probe, int | np.integer) or not 1 <= probe <= MOST_PROBES:
        raise UserError(f"probe was {probe!r}; allowed is a whole number from 1 to {MOST_PROBES}.")
    return int(probe)


def _view(
    live: Any, extractors: Sequence[str], probe: int, what_if: bool, out: str | Path | None,
    looks: Sequence[EpochLook], told: Sequence[Told], began: float,
) -> View:  # fmt: skip
    from kdviz.live.record_maker import record
    from kdviz.live.run_keeper import keep
    from kdviz.live.view import View

    made = record(live, [extractors] if isinstance(extractors, str) else list(extractors), probe, what_if, looks)
    try:
        run, measures = keep(live, made, None if out is None else Path(out), told, began)
    except OSError as why:
        raise UserError(
            f"The run cannot be kept in {out or 'the home of kdviz'} ({why.strerror}): name a folder that can be "
            "written with out=, or set KDVIZ_HOME."
        ) from why
    return View(run.folder, made, live.opened.data, measures)


class Recorder:
    """Where the student looks after each epoch of a training of your own; the run is written when the block ends.

    Takes what `kdviz.compare` takes. Give series that the training does not see: they are the test series.

        with kdviz.Recorder(teacher, student, X, y, name="mine") as log:
            for epoch in range(1, 31):
                train_one_epoch(student)
                log.epoch(epoch, accuracy=..., loss=...)
        log.view
    """

    def __init__(
        self,
        teacher: nn.Module | Mapping[str, nn.Module],
        student: nn.Module,
        X: Any,
        y: Any,
        *,
        control: nn.Module | None = None,
        inputs: Mapping[str, Any] | None = None,
        views: Mapping[str, Any] | None = None,
        time_axis: int | Mapping[str, int] | None = None,
        layers: Mapping[str, Sequence[str]] | None = None,
        classes: Sequence[str] | None = None,
        channels: Sequence[str] | None = None,
        rate: float | None = None,
        groups: Any = None,
        test: Any = None,
        extractors: Sequence[str] | None = None,
        probe: int = PROBES,
        what_if: bool = False,
        out: str | Path | None = None,
        name: str = NAME,
    ) -> None:
        from kdviz.live.live_networks import Asked, live_run

        asked: Asked = Asked(
            control, inputs, views, time_axis, layers, classes, channels, rate, groups, test, str(name)
        )
        self.probe = _probes(probe)
        self.live = live_run(teacher, student, X, y, asked)
        self.extractors, self.what_if, self.out = extractors or (), what_if, out
        self.looks: list[EpochLook] = []
        self.told: list[Told] = []
        self.began = self.last = time.time()
        self.made: View | None = None

    @property
    def view(self) -> View:
        """What `kdviz.compare` gives, with the epochs; raises UserError before the block has ended."""
        if self.made is None:
            raise UserError("The view is there when the block has ended and at least one epoch was logged.")
        return self.made

    def epoch(self, epoch: int, *, loss: Any = None, accuracy: Any = None, **readouts: Any) -> None:
        """Look at the student as it is now, after this epoch (from 0, each later than the one before).

        loss is a number or a dict of terms; accuracy, 0..1, is drawn as validation accuracy; whatever else is a number
        by name is drawn too. Raises UserError for an epoch that was logged, or a value that is no number.
        """
        from kdviz.live.epoch_looks import judged_series, look_at_epoch, moving
        from kdviz.live.run_keeper import Told, plain
        from kdviz.nets.foreign_network import quiet
        from kdviz.runs.analysis.snapshots import probes

        if not isinstance(epoch, int | np.integer) or epoch < 0 or (self.looks and epoch <= self.looks[-1].epoch):
            last = f"; the last was {self.looks[-1].epoch}" if self.looks else ""
            raise UserError(f"Epoch {epoch!r} was logged; allowed are whole numbers from 0, each later{last}.")
        try:
            losses = {str(k): plain(v) for k, v in (loss if isinstance(loss, Mapping) else {"loss": loss}).items()
                      if v is not None}  # fmt: skip
            scores = {} if accuracy is None else {"validation": plain(accuracy)}
            others = {k: plain(v) for k, v in readouts.items()}
        except (TypeError, ValueError, RuntimeError) as why:
            raise UserError(f"What epoch {epoch} tells must be numbers, and one is none ({why}).") from None
        if any(not 0 <= each <= 1 for each in scores.values()):
            raise UserError(f"The accuracy of epoch {epoch} was {accuracy!r}; allowed is a share from 0 to 1.")
        opened = self.live.opened
        with quiet([*self.live.modules.values()]):
            from kdviz.evidence.base import extractors as every

            name = moving(opened, list(every()))
            look = look_at_epoch(opened, epoch, name, probes(opened, self.probe), judged_series(opened))
        now = time.time()
        self.looks.append(look)
        self.told.append(Told(epoch, losses, scores, others, now - self.last))
        self.last = now

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: TracebackType | None
    ) -> None:
        """Write the run; after an error of the training what was logged before it is kept."""
        from kdviz.nets.foreign_network import quiet

        if not self.looks:
            return
        try:
            with quiet([*self.live.modules.values()]):
                self.made = _view(
                    self.live, self.extractors, self.probe, self.what_if, self.out, self.looks, self.told, self.began,
                )  # fmt: skip
        except Exception:
            if wrong is None:  # the error of the training says more than ours about it
                raise
