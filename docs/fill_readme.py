"""Put what the program and its folders say of themselves into README.md and two pages of docs/."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kdviz.nets.base import architectures  # noqa: E402
from kdviz.nets.cost import costs  # noqa: E402
from kdviz.runs.store.catalogue import described, markdown  # noqa: E402
from tests.floors import FLOOR, FLOORS, GROUND, INNER, WITHIN  # noqa: E402
from tests.source import House, Module, modules  # noqa: E402

README, ARCHITECTURE = ROOT / "README.md", ROOT / "docs" / "architecture.md"
OWN_MODELS = ROOT / "docs" / "own-models.md"


def blocks() -> dict[Path, dict[str, str]]:
    """What stands between `<!-- name -->` and `<!-- /name -->`, by file and name."""
    return {
        README: {"methods": markdown(described()["methods"]), "networks": networks(), "tree": tree()},
        ARCHITECTURE: {"floors": floors()},
        OWN_MODELS: {"evidence": evidence()},
    }


def evidence() -> str:
    """A table: every extractor, and what its map does not say."""
    lines = ["| id | evidence | idea | but |", "|---|---|---|---|"]
    return "\n".join(lines + [f"| `{e['id']}` | {e['title']} | {e['idea']} | {e['caveat']} |" for e in
                              described()["extractors"]])  # fmt: skip


def networks() -> str:
    """A table: every network, and what it weighs and computes for one series of GunPoint."""
    costs_ = costs("signal", ("signal",), {"signal": (1, 150)}, 2)
    lines = ["| id | network | idea | weights | million MACs | paper |", "|---|---|---|--:|--:|---|"]
    for name, one in sorted(architectures().items(), key=lambda each: costs_[each[0]].macs):
        cost = costs_[name]
        lines.append(
            f"| `{name}` | {one.title} | {one.idea} | {cost.weights:,} | {cost.macs / 1e6:.2f} | {one.paper or '-'} |"
        )
    return "\n".join(lines)


def tree() -> str:
    """The folders of kdviz, lower floors first, each with the line that its `__init__` says; pages of one file too."""
    house = modules(ROOT)
    return "\n".join(["```", *_rows(house, "kdviz", FLOOR, 0), "```"])


def _rows(house: House, folder: str, floors: dict[str, int], depth: int) -> Iterator[str]:
    inside = [m for m in house.values() if m.name.rpartition(".")[0] == folder and _is_shown(m)]
    order = list(floors)
    for module in sorted(inside, key=lambda m: order.index(_stem(m)) if order else 0):
        name = "  " * depth + (f"{_stem(module)}/" if module.is_package else module.path.name)
        yield f"{name:<16}{module.says.splitlines()[0]}"
        if module.is_package:
            yield from _rows(house, module.name, WITHIN.get(_stem(module), {}) if depth == 0 else {}, depth + 1)


def _stem(module: Module) -> str:
    return module.name.rpartition(".")[2]


def _is_shown(module: Module) -> bool:
    page = module.name.rpartition(".")[0] == "kdviz.ui"
    return module.is_package or page


def floors() -> str:
    """A table: which rooms stand on which floor, and in which order the rooms inside them."""
    lines = ["| floor | rooms | inside |", "|---|---|---|"]
    for floor, rooms in FLOORS.items():
        inside = "; ".join(f"{room}: {_order(INNER[room])}" for room in rooms.split() if room in INNER)
        lines.append(f"| {floor} | {', '.join(rooms.split())} | {inside} |")
    return "\n".join(lines)


def _order(floors: dict[int, str]) -> str:
    rows = [[words] if words == GROUND else words.split() for words in floors.values()]
    return " < ".join(", ".join(row) for row in rows)


def part(text: str, name: str) -> tuple[str, str, str]:
    """What stands before a block, in it, and after it."""
    before, rest = text.split(f"<!-- {name} -->\n")
    inside, after = rest.split(f"<!-- /{name} -->")
    return f"{before}<!-- {name} -->\n", inside, f"<!-- /{name} -->{after}"


if __name__ == "__main__":
    for file, said in blocks().items():
        for name, block in said.items():
            before, _, after = part(file.read_text(), name)
            file.write_text(f"{before}{block}\n{after}")
