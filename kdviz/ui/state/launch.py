"""A run begun, or taken up again, from any page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.data.dataset import Dataset
from kdviz.data.stretch import Stretch
from kdviz.runs.engine.queue import refuse_long_queue
from kdviz.runs.hosting import quota
from kdviz.runs.looker.questions import RECIPE, WATCH_RECIPE
from kdviz.runs.store import datasets
from kdviz.runs.store.run import DEVICE, ENDED, IN_APP, Run, make
from kdviz.training.recipe import recipe_from
from kdviz.training.shell_command import said_with
from kdviz.ui.state import cache, current, visitor
from kdviz.ui.state.visitor import require_own


def begin(data: Dataset, wish: Mapping[str, Any], settings: Mapping[str, Any], device: str = "") -> None:
    """Make the run, start its worker, and look at it from now on; raises UserError where it cannot run."""
    refuse_long_queue()
    quota.refuse_more()
    quota.refuse_more_runs()
    source = dict(data.source)
    if "sample" not in source and data.sha256 not in datasets.store():
        quota.refuse_more_data()
    datasets.keep(data)
    planned = cache.looker().ask(
        RECIPE, data=data.sha256, source=source, name=data.name, wish=dict(wish), settings=dict(settings)
    )
    recipe, whose = recipe_from(planned.recipe), visitor.visitor_id()
    run = make(recipe, data.name, source, made=IN_APP, visitor=whose, device=device)
    cache.supervisor().wake()
    current.choose_run(run.folder.name)


def begin_watch(stretch: Stretch, asked: Mapping[str, Any]) -> None:
    """Make a run that watches a recording, start its worker, look at it from now on; raises UserError.

    asked   views, methods, settings, seed and window, as the question about its recipe takes them
    """
    refuse_long_queue()
    quota.refuse_more()
    quota.refuse_more_runs()
    source = dict(stretch.source)
    given = {"data": stretch.sha256, "source": source, "name": stretch.name, "train_end": stretch.train_end}
    planned = cache.looker().ask(WATCH_RECIPE, **given, **asked)
    run = make(recipe_from(planned.recipe), stretch.name, source, made=IN_APP, visitor=visitor.visitor_id())
    cache.supervisor().wake()
    current.choose_run(run.folder.name)


def begin_with(run: Run, changes: Mapping[str, Any]) -> None:
    """The same recipe with other settings, begun as a new run; raises UserError where it cannot run."""
    wish, settings = said_with(run.recipe, cache.method_row(run), changes)
    begin(cache.dataset_of(run), wish, settings, str(run.request.get(DEVICE, "")))


def again(run: Run) -> None:
    """Take the stop back and start a worker."""
    require_own(run)
    if run.state in ENDED:  # one that was cut off waits already
        refuse_long_queue()
        quota.refuse_more()
        quota.refuse_more_runs()
    cache.supervisor().revive(run)
    st.rerun()
