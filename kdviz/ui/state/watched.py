"""Which recording a visitor watches: in the URL, carried from page to page; a sample, or a file of his own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.fair_gate import Told
from kdviz.data.sources import recordings
from kdviz.data.stretch import Stretch, train_end_of
from kdviz.runs.hosting import quota, uploads
from kdviz.runs.store.datasets import keep_stretch, reopen_stretch, stretches
from kdviz.runs.store.home import at, home, home_of
from kdviz.runs.store.run import Run
from kdviz.training.watched.watch_settings import TASK
from kdviz.ui.state import current
from kdviz.ui.texts.sentences import say, say_plain

ID = re.compile(r"[0-9a-f]{64}|[a-z-]{3,40}")
DEFAULT, KEY = "machine", "rec"


def recording_id() -> str:
    """A sample's name or a stored recording's fingerprint, from the URL, the session, or the default."""
    given = st.query_params.get(KEY) or st.session_state.get("chosen_rec") or DEFAULT
    found = given if ID.fullmatch(given) else DEFAULT
    choose_recording(found)
    return found


def choose_recording(identity: str) -> None:
    """Watch this recording from now on."""
    st.session_state["chosen_rec"] = identity
    if st.query_params.get(KEY) != identity:
        st.query_params[KEY] = identity


def recording() -> Stretch:
    """The chosen recording; where it is not here the page says so, and the default is watched instead."""
    identity = recording_id()
    try:
        return _opened(str(home()) if len(identity) == 64 else "", identity)
    except UserError:
        st.warning(say("recording gone"), title=say("recording gone title"))
        choose_recording(DEFAULT)
        return _opened("", DEFAULT)


@st.cache_resource(max_entries=6, show_spinner=say("spinner recording"))
def _opened(place: str, identity: str) -> Stretch:
    found = stretches().get(identity) if len(identity) == 64 else recordings.recording(identity)
    return replace(found, marks=None)


def ends_normal(stretch: Stretch, given: str) -> Stretch:
    """The recording with its normal part ended as a person says; raises UserError."""
    if not given.strip():
        return stretch
    return replace(stretch, train_end=train_end_of(given, stretch.length, stretch.rate, stretch.sample_at))


def read_upload(sha: str, mapping: Mapping[str, Any], train_end: str, waits: Told | None = None) -> str:
    """Read an upload as one recording, keep it, watch it from now on; its fingerprint. Raises UserError."""
    found = uploads.read_recording(sha, mapping, train_end, waits)
    quota.refuse_more(found.values.nbytes)
    identity = keep_stretch(found)
    choose_recording(identity)
    return identity


def watch_of_link() -> Run | None:
    """The chosen run where it watched a recording; None where it learned classes, or there is none."""
    found = current.any_run()
    return found if found is not None and found.recipe.task == TASK else None


def recording_of(run: Run) -> Stretch:
    """The recording of a run, without marks; raises UserError where it is not here."""
    request, recipe = run.request, run.recipe
    source = json.dumps({k: str(v) for k, v in request.get("source", {}).items() if k == "sample"})
    name = str(request.get("data", say_plain("data unnamed")))
    return _reopened(str(home_of(run.folder)), recipe.data, source, name, recipe.train_end)


@st.cache_resource(max_entries=6, show_spinner=say("spinner recording"))
def _reopened(place: str, sha256: str, source: str, name: str, train_end: int) -> Stretch:
    with at(Path(place)):
        return reopen_stretch(sha256, json.loads(source), name, train_end)
