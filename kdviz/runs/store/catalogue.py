"""What can be chosen, in plain values: methods and extractors described for processes that never import torch."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kdviz.core.files import private, write_json
from kdviz.core.params import knobs
from kdviz.runs.store.home import at, cache_home, root

PACKAGE = Path(__file__).parents[2]


def described() -> dict[str, Any]:
    """Every method and extractor with its words and knobs; imports torch."""
    from kdviz.evidence.base import extractors
    from kdviz.methods.base import methods

    return {
        "methods": [
            {
                "id": m.id,
                "title": m.title,
                "family": m.family,
                "about": asdict(m.about),
                "needs": asdict(m.needs),
                "selection": m.selection,
                "teaching": dict(m.teaching),
                "learning": dict(m.learning),
                "knobs": [asdict(k) for k in knobs(m.Params)],
            }
            for m in methods().values()
        ],
        "extractors": [
            {
                "id": e.id,
                "title": e.title,
                "idea": e.idea,
                "paper": e.paper,
                "caveat": e.caveat,
                "signed": e.signed,
                "layered": e.layered,
            }
            for e in extractors().values()
        ],
    }


def sources() -> str:
    """A fingerprint of the files that the catalogue is made from."""
    digest = hashlib.sha256()
    for folder in ("methods", "evidence"):
        for path in sorted((PACKAGE / folder).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    for name in ("core/params.py", "runs/store/catalogue.py"):
        digest.update((PACKAGE / name).read_bytes())
    return digest.hexdigest()[:16]


def path() -> Path:
    """Where the catalogue of these very files is remembered: the same for whoever asks."""
    with at(root()):
        return cache_home() / f"catalogue-{sources()}.json"


def remembered() -> dict[str, Any]:
    """The catalogue, computed once for these files; the first call imports torch."""
    place = path()
    if not place.exists():
        private(place.parent)
        write_json(place, described())
    return json.loads(place.read_bytes())  # type: ignore[no-any-return]


def markdown(rows: list[dict[str, Any]]) -> str:
    """The README's table of methods."""
    head = "| id | method | idea | elsewhere the name means |\n|---|---|---|---|"
    body = (f"| `{r['id']}` | {r['title']} | {r['about']['idea']} | {r['about']['elsewhere'] or '-'} |" for r in rows)
    return "\n".join([head, *body])
