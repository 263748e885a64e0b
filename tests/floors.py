"""The house rules of kdviz, read from source without running it. Here: who may import what.

1. A module imports lower rooms only; inside runs/, ui/ and data/, lower rooms of these only. Inside its own room it is
   free, except that nothing in a folder of plug-ins imports a plug-in (a file that defines a class with an `id` of its
   own): plug-ins share through `base` or another file of the folder that is none.
2. streamlit lives in app.py, pages/ and kdviz/ui/; plotly in kdviz/figures/.
3. What a page's import drags in, however far away, holds no heavy library; and the server's rooms never import torch
   or captum, not even inside a function.
4. Nothing unpickles, evaluates text, asks a shell, or writes raw HTML. One module reads another's weights as plain
   tensors (`weights_only`), whose sha256 it knows.

What is called how, how large it may be and what is done in one place only: tests/order.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests import order
from tests.source import House, Module, modules, under

FLOORS = {
    0: "core",
    1: "figures",
    2: "nets modalities metrics data",
    3: "methods evidence panels baselines",
    4: "training",
    5: "runs",
    6: "report",
    7: "ui commands live",
    8: "cli",
    9: "__main__",
}
GROUND = "(its own files)"
"""The modules that lie in data/ itself."""
INNER = {
    "data": {1: GROUND, 2: "tables", 3: "text arrays prepare", 4: "readers", 5: "sources"},
    "runs": {
        1: "store",
        2: "index",
        3: "analysis sweeps",
        4: "worker engine comparison recorded",
        5: "publication",
        6: "looker hosting archive",
    },
    "ui": {
        1: "texts",
        2: "state shell",
        3: "widgets lens",
        4: "start data encode distill evidence watch why frequency runs sweep compare learn",
        5: "server",
    },
}
PLUGINS = (
    "kdviz.data.readers",
    "kdviz.modalities",
    "kdviz.methods",
    "kdviz.evidence",
    "kdviz.commands",
    "kdviz.nets.architectures",
    "kdviz.runs.publication",
)
HEAVY = ("torch", "captum", "numba", "pyts", "sklearn", "scipy", "gudhi", "matplotlib")
LIGHT = ("app", "pages", "kdviz.ui", "kdviz.figures", "kdviz.core.events", "kdviz.data", "kdviz.modalities")
TORCHLESS = ("torch", "captum")
UNPICKLERS = ("pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "jsonpickle")
CALLS = ("torch.load", "os.system", "eval", "exec", "yaml.load", "joblib.load", "pandas.read_pickle", "pd.read_pickle")
KNOWN_WEIGHTS = "kdviz.nets.pretrained.lite0"
KEYWORDS = {"unsafe_allow_html": False, "allow_pickle": False, "shell": False}


def faults(root: Path, excepted: order.Excepted = order.TODAY) -> list[str]:
    """Every broken rule under `root` as a sentence; none in a good house."""
    house = modules(root)
    checks = (_floors, _plugins, _libraries, _heavy, _torchless, _forbidden)
    mine = [sentence for check in checks for sentence in check(house)]
    return [*mine, *order.faults(root, house, PLUGINS, INNER["ui"][4].split(), excepted)]


def _by_floor(floors: dict[int, str]) -> dict[str, int]:
    return {name: floor for floor, words in floors.items() for name in ([words] if words == GROUND else words.split())}


FLOOR = _by_floor(FLOORS)
WITHIN = {room: _by_floor(floors) for room, floors in INNER.items()}


def _room(name: str) -> str:
    return [*name.split("."), ""][1]


def _inner(module: Module) -> str:
    """The room of runs/, ui/ or data/ that a module stands in: a folder, a page of one file, or the ground."""
    parts = module.name.split(".")
    room, below = parts[1], parts[2:]
    alone = len(below) == 1 and not module.is_package
    return GROUND if alone and GROUND in WITHIN[room] else below[0]


def _floors(house: House) -> Iterator[str]:
    for module in house.values():
        if not module.name.startswith("kdviz."):
            continue
        room = _room(module.name)
        if room not in FLOOR:
            yield f"{module.name} stands on no floor: give {room!r} one in tests/floors.py."
            continue
        if room in WITHIN and module.name != f"kdviz.{room}" and _inner(module) not in WITHIN[room]:
            yield f"{module.name} stands on no floor of {room}/: give {_inner(module)!r} one in tests/floors.py."
            continue
        for one in module.imports:
            other = house.get(one.name)
            if other is not None and other.name.startswith("kdviz."):
                yield from (f"{module.name}:{one.line} {said}." for said in _upward(module, other))


def _upward(module: Module, other: Module) -> Iterator[str]:
    """What is wrong with one module's import of another."""
    room, over = _room(module.name), _room(other.name)
    if room != over:
        if FLOOR.get(over, 0) >= FLOOR[room]:
            yield f"(floor {FLOOR[room]}) imports {other.name} (floor {FLOOR.get(over)})"
    elif room in WITHIN and other.name != f"kdviz.{room}":
        here = "" if module.name == f"kdviz.{room}" else _inner(module)
        there, within = _inner(other), WITHIN[room]
        if here != there and within.get(there, 0) >= within.get(here, 0):
            floor, above = within.get(here, 0), within.get(there)
            yield f"(floor {floor} of {room}/) imports {other.name} (floor {above} of {room}/)"


def _plugins(house: House) -> Iterator[str]:
    for module in house.values():
        folder = module.name.rpartition(".")[0]
        if folder not in PLUGINS:
            continue
        for one in module.imports:
            other = house.get(one.name)
            if other and other.name.rpartition(".")[0] == folder and other.is_plugin:
                yield f"{module.name}:{one.line} imports the plug-in {one.name}; share through base."


def _libraries(house: House) -> Iterator[str]:
    allowed = {"streamlit": ("app", "pages", "kdviz.ui"), "plotly": ("kdviz.figures",)}
    for module in house.values():
        for one in module.imports:
            library = one.name.split(".")[0]
            if library in allowed and not under(module.name, allowed[library]):
                yield f"{module.name}:{one.line} imports {library}, which lives in {', '.join(allowed[library])}."


def _heavy(house: House) -> Iterator[str]:
    for module in house.values():
        if under(module.name, LIGHT):
            chain = _way_to_heavy(house, module.name)
            if chain:
                yield f"Importing {module.name} imports {chain[-1]}: {' -> '.join(chain)}."


def _way_to_heavy(house: House, start: str) -> list[str]:
    """The shortest chain of imports at module level from `start` to a heavy library."""
    ways, seen = [[start]], {start}
    for way in ways:
        for name in _drags_in(house, way[-1]):
            if name.split(".")[0] in HEAVY:
                return [*way, name.split(".")[0]]
            if name in house and name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _drags_in(house: House, name: str) -> Iterator[str]:
    """What importing a module imports at once: its own top, and the packages above it."""
    parts = name.split(".")
    yield from (".".join(parts[:n]) for n in range(1, len(parts)))
    yield from (one.name for one in house[name].imports if one.at_top)


def _torchless(house: House) -> Iterator[str]:
    for module in house.values():
        if under(module.name, LIGHT):
            for one in module.imports:
                if one.name.split(".")[0] in TORCHLESS and not one.at_top:
                    yield f"{module.name}:{one.line} imports {one.name}: the server never does; ask the looker."


def _forbidden(house: House) -> Iterator[str]:
    for module in house.values():
        for one in module.imports:
            if one.name.split(".")[0] in UNPICKLERS:
                yield f"{module.name}:{one.line} imports {one.name}, which can run code from a file."
        for node in module.nodes:
            if isinstance(node, ast.Call) and not _reads_known_weights(module, node):
                yield from (f"{module.name}:{node.lineno} {what}." for what in _dangers(node))


def _reads_known_weights(module: Module, call: ast.Call) -> bool:
    plain = any(k.arg == "weights_only" and getattr(k.value, "value", None) is True for k in call.keywords)
    return module.name == KNOWN_WEIGHTS and ast.unparse(call.func) == "torch.load" and plain


def _dangers(call: ast.Call) -> Iterator[str]:
    if ast.unparse(call.func) in CALLS:
        yield f"calls {ast.unparse(call.func)}"
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS and getattr(keyword.value, "value", True) is not KEYWORDS[keyword.arg]:
            yield f"passes {keyword.arg}={ast.unparse(keyword.value)}"
