"""The house rules of kdviz, read from source without running it: floors, rooms, thin pages, forbidden words.

1. A module imports lower floors only. Inside its own folder it is free, except that nothing in a folder of plug-ins
   imports a plug-in (a file that defines a class with an `id` of its own): plug-ins share through `base` or another
   file of the folder that is none.
2. streamlit lives in app.py, pages/ and kdviz/ui/; plotly in kdviz/figures/.
3. What a page's import drags in, however far away, holds no heavy library; and the server's rooms never import torch
   or captum, not even inside a function.
4. A page has at most 60 lines.
5. Nothing unpickles, evaluates text, asks a shell, or writes raw HTML.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FLOORS = {
    0: "core",
    1: "figures",
    2: "nets modalities metrics data",
    3: "methods evidence panels",
    4: "training",
    5: "runs",
    6: "report",
    7: "ui commands",
    8: "cli",
    9: "__main__",
}
FLOOR = {name: floor for floor, names in FLOORS.items() for name in names.split()}
PLUGINS = (
    "kdviz.data.readers",
    "kdviz.modalities",
    "kdviz.methods",
    "kdviz.evidence",
    "kdviz.runs.answers",
    "kdviz.commands",
)
HEAVY = ("torch", "captum", "numba", "pyts", "sklearn", "scipy", "gudhi", "matplotlib")
LIGHT = ("app", "pages", "kdviz.ui", "kdviz.figures", "kdviz.core.events", "kdviz.data", "kdviz.modalities")
TORCHLESS = ("torch", "captum")
PAGE_LINES = 60
UNPICKLERS = ("pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "jsonpickle")
CALLS = ("torch.load", "os.system", "eval", "exec", "yaml.load", "joblib.load", "pandas.read_pickle", "pd.read_pickle")
KEYWORDS = {"unsafe_allow_html": False, "allow_pickle": False, "shell": False}


@dataclass(frozen=True)
class Import:
    """One import: the module named, its line, and whether it runs when the file is imported."""

    name: str
    line: int
    at_top: bool


@dataclass(frozen=True)
class Module:
    """One source file, by dotted name."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.tree, top=True))

    @cached_property
    def is_plugin(self) -> bool:
        classes = (n for n in self.tree.body if isinstance(n, ast.ClassDef))
        return any(_names_itself(c) for c in classes)


def _names_itself(cls: ast.ClassDef) -> bool:
    """Whether a class body says `id = "something"`."""
    for line in cls.body:
        targets = (
            line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        )
        value = getattr(line, "value", None)
        if any(getattr(t, "id", "") == "id" for t in targets) and isinstance(value, ast.Constant) and value.value:
            return True
    return False


def _imports(node: ast.AST, top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(a.name, child.lineno, top) for a in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            yield Import(child.module, child.lineno, top)
            yield from (Import(f"{child.module}.{a.name}", child.lineno, top) for a in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            yield from _imports(ast.Module(child.orelse, []), top)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, top and not inside)


def modules(root: Path) -> dict[str, Module]:
    """Every module of the product under `root`, by dotted name."""
    files = [root / "app.py", *sorted((root / "pages").rglob("*.py")), *sorted((root / "kdviz").rglob("*.py"))]
    found = {}
    for path in files:
        if path.is_file():
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path)
    return found


def faults(root: Path) -> list[str]:
    """Every broken rule under `root` as a sentence; none in a good house."""
    house = modules(root)
    checks = (_floors, _plugins, _rooms, _heavy, _torchless, _pages, _forbidden)
    return [sentence for check in checks for sentence in check(house)]


def _under(name: str, folders: tuple[str, ...]) -> bool:
    return any(name == f or name.startswith(f + ".") for f in folders)


def _room(name: str) -> str:
    return [*name.split("."), ""][1]


def _floors(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        if not module.name.startswith("kdviz."):
            continue
        room = _room(module.name)
        if room not in FLOOR:
            yield f"{module.name} stands on no floor: give {room!r} one in tests/floors.py."
            continue
        for one in module.imports:
            other = _room(one.name) if one.name in house and one.name.startswith("kdviz.") else ""
            if other and other != room and FLOOR.get(other, 0) >= FLOOR[room]:
                yield f"{module.name}:{one.line} (floor {FLOOR[room]}) imports {one.name} (floor {FLOOR.get(other)})."


def _plugins(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        folder = module.name.rpartition(".")[0]
        if folder not in PLUGINS:
            continue
        for one in module.imports:
            other = house.get(one.name)
            if other and other.name.rpartition(".")[0] == folder and other.is_plugin:
                yield f"{module.name}:{one.line} imports the plug-in {one.name}; share through base."


def _rooms(house: dict[str, Module]) -> Iterator[str]:
    allowed = {"streamlit": ("app", "pages", "kdviz.ui"), "plotly": ("kdviz.figures",)}
    for module in house.values():
        for one in module.imports:
            library = one.name.split(".")[0]
            if library in allowed and not _under(module.name, allowed[library]):
                yield f"{module.name}:{one.line} imports {library}, which lives in {', '.join(allowed[library])}."


def _heavy(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        if _under(module.name, LIGHT):
            chain = _way_to_heavy(house, module.name)
            if chain:
                yield f"Importing {module.name} imports {chain[-1]}: {' -> '.join(chain)}."


def _way_to_heavy(house: dict[str, Module], start: str) -> list[str]:
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


def _drags_in(house: dict[str, Module], name: str) -> Iterator[str]:
    """What importing a module imports at once: its own top, and the packages above it."""
    parts = name.split(".")
    yield from (".".join(parts[:n]) for n in range(1, len(parts)))
    yield from (one.name for one in house[name].imports if one.at_top)


def _torchless(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        if _under(module.name, LIGHT):
            for one in module.imports:
                if one.name.split(".")[0] in TORCHLESS and not one.at_top:
                    yield f"{module.name}:{one.line} imports {one.name}: the server never does; ask the looker."


def _pages(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        lines = len(module.path.read_text(encoding="utf-8").splitlines())
        if _under(module.name, ("app", "pages")) and lines > PAGE_LINES:
            yield f"{module.name} has {lines} lines; a page has at most {PAGE_LINES}: move what it does below."


def _forbidden(house: dict[str, Module]) -> Iterator[str]:
    for module in house.values():
        for one in module.imports:
            if one.name.split(".")[0] in UNPICKLERS:
                yield f"{module.name}:{one.line} imports {one.name}, which can run code from a file."
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                yield from (f"{module.name}:{node.lineno} {what}." for what in _dangers(node))


def _dangers(call: ast.Call) -> Iterator[str]:
    if ast.unparse(call.func) in CALLS:
        yield f"calls {ast.unparse(call.func)}"
    for keyword in call.keywords:
        if keyword.arg in KEYWORDS and getattr(keyword.value, "value", True) is not KEYWORDS[keyword.arg]:
            yield f"passes {keyword.arg}={ast.unparse(keyword.value)}"
