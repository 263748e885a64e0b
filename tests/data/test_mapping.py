"""A mapping is names and numbers: it goes to JSON, to flags and to Python, and comes back."""

from __future__ import annotations

import json
import shlex

import pytest

from kdviz.core import params
from kdviz.core.errors import UserError
from kdviz.data.mapping import OWN_FLAGS, Mapping, listed, mapping_from

CHOSEN = {"label": "my label", "channels": 'a,"b,c"', "window": "2.5s", "layout": "tall", "seed": 7, "test": 0.3}


def test_only_what_differs_is_kept() -> None:
    assert mapping_from({}).as_dict() == {}
    assert mapping_from({"label": "", "seed": 0}).as_dict() == {}
    assert mapping_from(CHOSEN).as_dict() == CHOSEN


def test_json_brings_back_the_same_mapping() -> None:
    first = mapping_from(CHOSEN)
    assert mapping_from(json.loads(json.dumps(first.as_dict()))) == first
    assert mapping_from(first) is first


def test_flags_bring_back_the_same_mapping() -> None:
    words = shlex.split(mapping_from(CHOSEN).flags())
    given: dict[str, object] = {}
    while words:
        flag, value = words.pop(0), words.pop(0)
        if flag == "--set":
            flag, _, value = value.partition("=")
        given[flag.removeprefix("--")] = value
    assert mapping_from(given) == mapping_from(CHOSEN)
    assert set(OWN_FLAGS) <= {k.name for k in params.knobs(Mapping)}


def test_python_source_runs() -> None:
    found: dict[str, object] = {}
    source = mapping_from(CHOSEN).python("a file.csv")
    exec(source.replace("kdviz.open_data(", "dict(spec=").replace(", {", ", mapping={"), found)
    assert found["data"] == {"spec": "a file.csv", "mapping": CHOSEN}


def test_names_with_commas_are_quoted() -> None:
    assert listed('a,"b,c", d') == ("a", "b,c", "d")
    assert mapping_from({"channels": ["a", "b,c", 'd"e']}).channel_names == ("a", "b,c", 'd"e')


@pytest.mark.parametrize("given", [
    {"window": "0"}, {"window": "-3"}, {"window": "many"}, {"step": "1.5"}, {"window": "nan"}, {"window": "1e400s"},
    {"layout": "sideways"}, {"nothing": "x"}, {"seed": -1}, {"test": 2}, {"label": "x" * 501}, {"label": 3},
])  # fmt: skip
def test_what_is_not_allowed_is_a_sentence(given: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"\."):
        mapping_from(given)
