"""The house rules of kdviz that are not about imports: sizes, names, pages, the tests' folders, one way each.

1. Nothing lies loose in kdviz/ but `__init__`, `__main__` and `cli`; a folder without plug-ins holds at most 15
   modules, a module at most 260 lines, kdviz at most 310 modules beside its plug-ins.
2. A file's name is unique, but for `base`, commands (their file is the word that is typed) and pages; few end in -ing.
3. The menu's PAGES, pages/ and the pages' rooms in kdviz/ui are one set of names; a page has at most 60 lines and opens
   no other page's room.
4. A folder says in one line what belongs there; a folder of tests is called as the room that it tests.
5. Whole files are written by core/files, processes started by core/child_process; a run's states are RunState's.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.source import House, Module, assigned, under

LOOSE = ("__main__", "cli")
FOLDER_MODULES, MODULES, LINES, PAGE_LINES = 15, 310, 260, 60
"""Plug-ins are not counted among MODULES: one more is one more file."""

NOUNS_IN_ING = ("formatting", "mapping", "ranking")
NO_ROOMS = ("app", "browser", "golden", "benchmarks")
"""Folders of tests that look at the whole house, or hold files."""

WRITER = "kdviz.core.files"
STARTERS = ("kdviz.core.child_process",)
STATES = ("queued", "running", "finished", "stopped", "failed", "interrupted")
STATE_HOME = "kdviz.runs.store.run"
ABOVE_STATES = ("kdviz.runs", "kdviz.report", "kdviz.commands", "kdviz.ui", "pages")


@dataclass(frozen=True)
class Excepted:
    """Modules and folders that need not obey rule 5: who writes, who starts processes, who spells states."""

    writers: tuple[str, ...] = ()
    starters: tuple[str, ...] = ()
    spellers: tuple[str, ...] = ()


IN_PASSING = (
    "kdviz.commands.encode",  # the file that a user named
    "kdviz.commands.options",
    "kdviz.data.sources.parser",  # a folder that is thrown away
    "kdviz.data.sources.parser_child",
    "kdviz.runs.archive.archived_data",
    "kdviz.runs.archive.checks",
    "kdviz.runs.archive.transfer",
    "kdviz.runs.worker.job",  # blank bytes, held until the disk is full
)
"""Who may write a file itself: nobody ever finds it half written."""

TODAY = Excepted(
    writers=IN_PASSING,
    starters=("kdviz.runs.worker.make_demo",),  # asks git, which is none of ours, for the version
)
"""A name that nothing needs any more is a fault itself: delete it."""


def faults(root: Path, house: House, plugins: tuple[str, ...], pages: list[str], excepted: Excepted) -> Iterator[str]:
    """Every broken rule as a sentence; `pages` are the names of the pages' rooms in kdviz/ui."""
    yield from _loose(house)
    yield from _sizes(house, plugins)
    yield from _names(house, pages)
    yield from _pages(house, pages)
    yield from _folders(root, house)
    yield from _excepted(house, "writes a whole file itself; use kdviz.core.files", _writers(house), excepted.writers)
    yield from _excepted(
        house, f"starts a process itself; leave that to {STARTERS[0]}", _starters(house), excepted.starters
    )
    yield from _excepted(
        house, f"spells a run's state; use RunState of {STATE_HOME}", _spellers(house), excepted.spellers
    )


def _counted(house: House) -> list[Module]:
    return [m for m in house.values() if m.name.startswith("kdviz.") and not m.is_package]


def _loose(house: House) -> Iterator[str]:
    for module in house.values():
        if module.folder == "kdviz" and not module.is_package and module.name.split(".")[1] not in LOOSE:
            yield f"{module.name} lies loose in kdviz/: give it a room."


def _sizes(house: House, plugins: tuple[str, ...]) -> Iterator[str]:
    counted = _counted(house)
    own = [m for m in counted if m.folder not in plugins]
    if len(own) > MODULES:
        yield f"kdviz has {len(own)} modules beside plug-ins; it has at most {MODULES}: merge what belongs together."
    for folder, number in Counter(m.folder for m in counted).items():
        if number > FOLDER_MODULES and folder not in plugins:
            yield f"{folder} holds {number} modules; a folder has at most {FOLDER_MODULES}: find the rooms in it."
    for module in house.values():
        if under(module.name, ("app", "pages")):
            if module.lines > PAGE_LINES:
                yield f"{module.name} has {module.lines} lines; a page at most {PAGE_LINES}: move what it does below."
        elif module.lines > LINES:
            yield f"{module.name} has {module.lines} lines; a module has at most {LINES}: find the two in it."


def _names(house: House, pages: list[str]) -> Iterator[str]:
    known = defaultdict(list)
    for module in _counted(house):
        stem = module.path.stem
        page = module.folder == "kdviz.ui" and stem in pages
        if stem != "base" and module.folder != "kdviz.commands" and not page:
            known[stem].append(module.name)
        if stem.endswith("ing") and stem not in NOUNS_IN_ING:
            yield f"{module.name} is called after an act: call it after what it holds."
    for stem, names in known.items():
        if len(names) > 1:
            yield f"{' and '.join(names)} have one name: a reader who looks for {stem!r} finds two."


def _pages(house: House, pages: list[str]) -> Iterator[str]:
    menu = {name for m in house.values() if under(m.name, ("kdviz.ui.shell",)) for name in _menu(m)}
    files = {m.name.split(".")[1] for m in house.values() if m.folder == "pages"}
    rooms = {p for p in pages if f"kdviz.ui.{p}" in house}
    for name in sorted(menu | files | rooms):
        for where, names in (("the menu (PAGES)", menu), ("pages/", files), ("the pages' rooms of kdviz/ui", rooms)):
            if name not in names:
                yield f"The page {name!r} is not in {where}: a page has one name everywhere."
    for module in house.values():
        if module.folder == "pages":
            others = tuple(f"kdviz.ui.{p}" for p in pages if p != module.path.stem)
            for one in module.imports:
                if under(one.name, others) and one.name in house:
                    yield f"{module.name}:{one.line} imports {one.name}, another page's room: share through ui/widgets."


def _menu(module: Module) -> Iterator[str]:
    for name, value in assigned(module.tree.body):
        if name == "PAGES" and isinstance(value, ast.Dict):
            yield from (key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _folders(root: Path, house: House) -> Iterator[str]:
    for module in house.values():
        folder = module.path.parent
        init = house.get(module.folder)
        if under(module.name, ("kdviz",)) and (init is None or not init.is_package):
            yield f"{folder.relative_to(root)} has no __init__.py that says what belongs there."
        if module.name.startswith("kdviz.") and module.is_package and len(module.says.splitlines()) != 1:
            yield f"{module.name} has to say in one line of its __init__.py what belongs there."
    for folder in sorted({path.parent for path in (root / "tests").rglob("test_*.py")}):
        place = folder.relative_to(root / "tests")
        if place.parts and place.parts[0] not in NO_ROOMS and not _is_room(house, place):
            yield f"tests/{place.as_posix()} tests no room of kdviz: call it as the room that it tests."


def _is_room(house: House, place: Path) -> bool:
    name = ".".join(("kdviz", *place.parts))
    return len(place.parts) <= 2 and name in house and house[name].is_package


def _excepted(
    house: House, wrong: str, found: Iterator[tuple[Module, int]], excepted: tuple[str, ...]
) -> Iterator[str]:
    needed = set()
    for module, line in found:
        allowed = [name for name in excepted if under(module.name, (name,))]
        needed.update(allowed)
        if not allowed:
            yield f"{module.name}:{line} {wrong}."
    for name in excepted:
        if name not in needed:
            yield f"{name} is excepted in tests/order.py and need not be: delete its name there."


def _writers(house: House) -> Iterator[tuple[Module, int]]:
    for module in house.values():
        if module.name != WRITER:
            yield from ((module, n.lineno) for n in module.nodes if isinstance(n, ast.Call) and _writes(n))


def _writes(call: ast.Call) -> bool:
    """Whether a call writes a whole file; adding to a log does not, nor does telling the kernel something in /proc."""
    what = ast.unparse(call.func)
    if what in ("tempfile.mkstemp", "tempfile.NamedTemporaryFile", "os.replace", "os.rename", "os.link", "os.fsync"):
        return True
    name = what.rpartition(".")[2]
    if name in ("write_text", "write_bytes", "save_file"):
        return "/proc/" not in what
    if name == "replace":  # a path is replaced by one thing, a part of a text by another
        return "." in what and len(call.args) == 1 and not call.keywords
    if name == "open":
        modes = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
        return any(isinstance(m, ast.Constant) and str(m.value).strip("bt+") in ("w", "x") for m in modes)
    return False


def _starters(house: House) -> Iterator[tuple[Module, int]]:
    for module in house.values():
        if module.name not in STARTERS:
            for node in module.nodes:
                named = [node.func] if isinstance(node, ast.Call) else getattr(node, "bases", [])
                if any(_starts(ast.unparse(each)) for each in named):
                    yield module, getattr(node, "lineno", 0)


def _starts(what: str) -> bool:
    library, _, name = what.partition(".")
    if library == "os":
        return name.startswith(("fork", "exec", "spawn", "posix_spawn", "popen"))
    return library in ("subprocess", "multiprocessing") or what in ("Popen", "ProcessPoolExecutor")


def _spellers(house: House) -> Iterator[tuple[Module, int]]:
    for module in house.values():
        if under(module.name, ABOVE_STATES) and module.name != STATE_HOME:
            yield from ((module, n.lineno) for n in module.nodes if _spells(n))


def _spells(node: ast.AST) -> bool:
    """Whether a state is compared with a written word, or a list of such words has a name."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return any(map(_state_words, sides)) and any("state" in ast.unparse(side) for side in sides)
    if isinstance(node, ast.MatchValue):
        return _state_words(node.value)
    return (
        isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Tuple) and _state_words(node.value)
    )


def _state_words(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.Set | ast.List):
        return len(node.elts) > 0 and all(map(_state_words, node.elts))
    return isinstance(node, ast.Constant) and node.value in STATES
