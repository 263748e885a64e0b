"""A file is a plug-in: every class that a package's files define under a base is found by its id."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

from kdviz.core.errors import UserError

T = TypeVar("T")


@cache
def _found(package: str, base: type) -> dict[str, type]:
    root = importlib.import_module(package)
    found: dict[str, type] = {}
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{package}.{info.name}")
        for thing in vars(module).values():
            if not isinstance(thing, type) or not issubclass(thing, base) or thing is base:
                continue
            name = vars(thing).get("id")
            if thing.__module__ == module.__name__ and name:
                if name in found:
                    raise RuntimeError(f"Two plug-ins of {package} call themselves {name!r}.")
                found[name] = thing
    return found


def discover(package: str, base: type[T]) -> dict[str, type[T]]:
    """Every class under `base` with an `id` of its own in the files of `package`, by id."""
    return dict(_found(package, base))  # type: ignore[arg-type]


def pick(package: str, base: type[T], name: str, what: str) -> type[T]:
    """The plug-in called `name`; raises UserError naming those there are.

    A file that bears the plug-in's name is opened alone: the others need not be sound, nor be waited for.
    """
    alone = _alone(package, base, name)
    if alone is not None:
        return alone
    found = discover(package, base)
    if name not in found:
        raise UserError(f"There is no {what} {name[:40]!r}. Choose one of: {', '.join(sorted(found))}.")
    return found[name]


def _alone(package: str, base: type[T], name: str) -> type[T] | None:
    root = importlib.import_module(package)
    if name not in {m.name for m in pkgutil.iter_modules(root.__path__)}:
        return None
    module = importlib.import_module(f"{package}.{name}")
    mine = (t for t in vars(module).values() if isinstance(t, type) and issubclass(t, base))
    return next((t for t in mine if vars(t).get("id") == name and t.__module__ == module.__name__), None)


def told(package: str) -> dict[str, dict[str, str]]:
    """What the plug-ins of a package say of themselves in plain words, by id: read, not run, so nothing is imported."""
    root = importlib.import_module(package)
    files = sorted((path for folder in root.__path__ for path in Path(folder).glob("*.py")), key=lambda path: path.name)
    words = [each for path in files for each in _words(ast.parse(path.read_text(encoding="utf-8")))]
    return {each["id"]: each for each in words}


def _words(tree: ast.Module) -> Iterator[dict[str, str]]:
    for kind in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        said = {
            target.id: node.value.value
            for node in kind.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        if "id" in said:
            yield said
