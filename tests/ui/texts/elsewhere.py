"""The sentences that are said outside the catalogue, listed: `python -m tests.ui.texts.elsewhere`.

Readers of data, methods, networks and runs say their own, where they know what went wrong; who translates the app finds
them here. `{}` stands for a value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kdviz.core.params import knobs
from kdviz.data.mapping import Mapping
from kdviz.evidence.base import extractors
from kdviz.methods.base import methods
from kdviz.modalities.base import modalities
from kdviz.training.defaults import StudentSettings, TeacherSettings

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("core", "data", "evidence", "methods", "metrics", "modalities", "nets", "panels", "runs", "training")
SENTENCE = re.compile(r"[A-Z\"'{].* .*[.?:]", re.DOTALL)
"""A whole sentence, of a literal that stands anywhere."""
PHRASE = re.compile(r"[^\W\d_]{2,}[,;:]? (?:[^\W\d_]{2,}|\{)|\}[,;:]? [^\W\d_]{2,}")
"""A part of one: words with a blank between them."""
IN_PARTS = ("kdviz/data/", "kdviz/methods/", "kdviz/metrics/", "kdviz/runs/comparison/")
"""Where sentences are put together out of parts."""
WORD_LISTS = ("kdviz/data/tables/column_names.py",)


@dataclass(frozen=True)
class Said:
    """Words, where they are said, and as what: error, sentence, part, entry, title, label, paper or help."""

    where: str
    kind: str
    words: str


def template(node: ast.expr | None) -> str | None:
    """The words of a literal, `{}` for each value in it; None where it is none."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            one, other = template(left), template(right)
            return None if one is None and other is None else (one or "{}") + (other or "{}")
    return None


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of the rooms, by its path."""
    files = [path for room in ROOMS for path in sorted((ROOT / "kdviz" / room).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in files}


@cache
def error_classes() -> frozenset[str]:
    """UserError and all that derive from it."""
    bases = {
        node.name: {getattr(b, "id", "") for b in node.bases}
        for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }  # fmt: skip
    found = {"UserError"}
    while more := {name for name, over in bases.items() if over & found} - found:
        found |= more
    return frozenset(found)


def raised(tree: ast.Module) -> Iterator[tuple[int, ast.expr]]:
    """Where an error for a user is made, and out of what; an error of its own kind says its sentence itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in error_classes():
            yield node.lineno, node.args[0]
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == "super().__init__":
            yield node.lineno, node.args[0]


def docstrings(tree: ast.Module) -> set[int]:
    """The nodes that only readers of the code see."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def in_files() -> Iterator[Said]:
    """Errors, every other literal that is a whole sentence, and the parts of such."""
    for path, tree in trees().items():
        seen, parts = docstrings(tree), path.startswith(IN_PARTS) and path not in WORD_LISTS
        for line, node in raised(tree):
            if (words := template(node)) is not None:
                seen |= {id(n) for n in ast.walk(node)}
                yield Said(f"{path}:{line}", "error", words)
        for node in ast.walk(tree):
            if id(node) in seen or not isinstance(node, ast.BinOp | ast.Constant | ast.JoinedStr):
                continue
            words = template(node)
            whole = words is not None and bool(SENTENCE.fullmatch(words))
            if words is not None and (whole or (parts and "\n" not in words and PHRASE.search(words))):
                seen |= {id(n) for n in ast.walk(node)}
                yield Said(f"{path}:{node.lineno}", "sentence" if whole else "part", words)


def in_entries() -> Iterator[Said]:
    """What methods, modalities and extractors say of themselves, and the help of every setting."""
    for name, method in methods().items():
        about = method.about
        parts = {"idea": about.idea, "elsewhere": about.elsewhere, "cost": about.cost, "claims": about.claims}
        yield Said(f"method {name}", "title", method.title)
        yield from (Said(f"method {name}, {part}", "entry", words) for part, words in parts.items() if words)
        yield from (Said(f"method {name}, hands", "label", what) for _, what, _ in about.hands)
        yield from (Said(f"method {name}, papers", "paper", paper) for paper in about.papers)
    for name, kind in modalities().items():
        yield Said(f"modality {name}", "title", kind.title)
        yield from (Said(f"modality {name}", "entry", words) for words in (kind.idea, kind.forgets))
    for name, one in extractors().items():
        yield Said(f"extractor {name}", "title", one.title)
        yield from (Said(f"extractor {name}", "entry", words) for words in (one.idea, one.caveat) if words)
        yield Said(f"extractor {name}", "paper", one.paper)
    asked = {f"method {name}": method.Params for name, method in methods().items()}
    asked |= {f"modality {name}": kind.Params for name, kind in modalities().items()}
    asked |= {"mapping": Mapping, "student": StudentSettings, "teacher": TeacherSettings}
    for where, params in asked.items():
        yield from (Said(f"{where}, {knob.name}", "help", knob.help) for knob in knobs(params) if knob.help)


@cache
def every() -> tuple[Said, ...]:
    """All of them; what an entry says is listed as such alone."""
    entries = list(in_entries())
    known = {said.words for said in entries}
    return (*entries, *(said for said in in_files() if said.words not in known))


if __name__ == "__main__":
    for said in every():
        print(f"{said.where}\t{said.kind}\t{said.words}")
