"""How long the figures for a paper take with 1,000 test series, each asked of a process that is not the server.

`python -m benchmarks.figures` trains small runs on 4,000 planted series once and opens them in a looker, as pages do;
it prints seconds of each kind: as a page asks it, of the whole test set where it takes so many (and that looker's
seconds of processor, which say more on a busy machine), and written as PDF.
t-SNE is drawn by the process that shows a bar, whose start is counted. Targets: 3 s each, t-SNE 10 s.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kdviz.data.sources.planted import Params, planted
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.engine.processes import BackgroundTask
from kdviz.runs.looker.client import Looker
from kdviz.runs.looker.questions import NETWORKS, PUBLICATION
from kdviz.runs.publication.figure_sheet import PublicationFigure, as_file
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import Run, make
from kdviz.runs.worker.run_worker import bring
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for

SERIES = 4000
TARGET, OF_TSNE = 3.0, 10.0
WHOLE = {"embedding": 1000, "robustness": 1000, "spectral": 1000, "similarity": 64}
SETS = (("signal", "gaf", "persistence"), ("signal",), ("gaf",))


def trained() -> list[Run]:
    """Quick runs of one method by three sets of teachers, on data with 1,000 test series."""
    data = replace(planted(Params(series=SERIES)), name="Planted, 4,000 series")
    keep(data)
    runs = []
    for teachers in SETS:
        recipe = recipe_for(data, Choices("aver", teachers, epochs=2), {"teacher.epochs": 2})
        runs.append(make(recipe, data.name, dict(data.source)))
        assert bring(runs[-1].folder) == 0
        measured(runs[-1])
    return runs


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and the answer."""
    began = time.perf_counter()
    found = ask()
    return time.perf_counter() - began, found


def processor(looker: Looker) -> float:
    """Seconds of processor that the looker has taken so far."""
    assert looker.child is not None
    user, system = Path(f"/proc/{looker.child.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def drawn_by(words: list[str]) -> PublicationFigure:
    """The figure that a process of its own draws."""
    task = BackgroundTask(["figure", *words, "--json"])
    task.wait()
    assert not task.wrong, task.wrong
    fields = PublicationFigure.__dataclass_fields__
    return PublicationFigure(**{name: value for name, value in task.lines[-1].items() if name in fields})


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["KDVIZ_HOME"] = str(Path(place))
        runs, looker = trained(), Looker()
        every = [run.folder.name for run in runs]
        looker.ask(NETWORKS, run=every[0])  # the page that offers figures has opened the run
        print(
            f"{'figure':<24}{'page s':>8}{'all s':>8}{'CPU s':>8}{'PDF s':>8}   (wanted: {TARGET:g}, t-SNE {OF_TSNE:g})"
        )
        for kind in ("confusion", "similarity", "embedding", "spectral", "robustness", "size", "teachers"):
            of = every if kind in ("size", "teachers") else every[:1]

            def ask(kind: str = kind, of: list[str] = of, **settings: Any) -> PublicationFigure:
                return looker.ask(PUBLICATION, kind=kind, runs=of, settings=settings)

            usual, found = timed(ask)
            before = processor(looker)
            whole = timed(lambda: ask(series=WHOLE[kind]))[0] if kind in WHOLE else None  # noqa: B023
            took = processor(looker) - before
            paper = timed(lambda: as_file(found, "pdf"))[0]  # noqa: B023
            _row(kind, usual, whole, took if kind in WHOLE else None, paper, TARGET)
        tsne = ["embedding", every[0], "--set", "layout=tsne"]
        usual, found = timed(lambda: drawn_by(tsne))
        whole, found = timed(lambda: drawn_by([*tsne, "--set", "series=1000"]))
        _row("embedding, t-SNE", usual, whole, None, timed(lambda: as_file(found, "pdf"))[0], OF_TSNE)
        looker.close()


def _row(name: str, usual: float, whole: float | None, took: float | None, paper: float, target: float) -> None:
    slow = "   slow" if max(usual, whole or 0.0) > target else ""
    all_, processor_ = ("" if each is None else f"{each:.1f}" for each in (whole, took))
    print(f"{name:<24}{usual:>8.1f}{all_:>8}{processor_:>8}{paper:>8.1f}{slow}", flush=True)


if __name__ == "__main__":
    main()
