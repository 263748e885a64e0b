"""The source files of the product, read without running them: their imports, and whether they are plug-ins."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """One import: the module named, its line, and whether it runs when the file is imported."""

    name: str
    line: int
    at_top: bool


@dataclass(frozen=True)
class Module:
    """One source file, by dotted name; a folder's `__init__` goes by the folder's name."""

    name: str
    path: Path

    @property
    def is_package(self) -> bool:
        return self.path.stem == "__init__"

    @property
    def folder(self) -> str:
        """The folder that it lies in, dotted."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def lines(self) -> int:
        return len(self.path.read_text(encoding="utf-8").splitlines())

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports(self.tree, top=True))

    @cached_property
    def is_plugin(self) -> bool:
        classes = (n for n in self.tree.body if isinstance(n, ast.ClassDef))
        return any(_names_itself(c) for c in classes)

    @property
    def says(self) -> str:
        """Its docstring; empty where it has none."""
        return ast.get_docstring(self.tree) or ""


House = dict[str, Module]


def _names_itself(cls: ast.ClassDef) -> bool:
    """Whether a class body says `id = "something"`."""
    return any(isinstance(value, ast.Constant) and value.value for name, value in assigned(cls.body) if name == "id")


def assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a body gives values to, with the values."""
    for line in body:
        if isinstance(line, ast.Assign):
            yield from ((t.id, line.value) for t in line.targets if isinstance(t, ast.Name))
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            yield line.target.id, line.value


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


def modules(root: Path) -> House:
    """Every module of the product under `root`, by dotted name."""
    files = [root / "app.py", *sorted((root / "pages").rglob("*.py")), *sorted((root / "kdviz").rglob("*.py"))]
    found = {}
    for path in files:
        if path.is_file():
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path)
    return found


def under(name: str, folders: tuple[str, ...]) -> bool:
    """Whether a module is one of these, or lies in one of them."""
    return any(name == f or name.startswith(f + ".") for f in folders)
