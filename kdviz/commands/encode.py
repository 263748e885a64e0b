"""Series as arrays of another kind."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, ReadingBar, add_settings, refuse_folder, say
from kdviz.commands.options import add_mapping, knobs_of, mapping_of


class Encode(Command):
    """See a whole data set through one modality."""

    id = "encode"
    help = "write a data set's views through one modality"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to encode, and to what."""
        add_mapping(parser, with_settings=False)
        parser.add_argument("--to", required=True, help="gaf, persistence, signal, ...")
        parser.add_argument("--out", required=True, type=Path, metavar="views.npz")
        add_settings(parser, "the modality's knobs")

    def run(self, given: Namespace) -> int:
        """Views X (N, C', *grid), labels y, and the splits."""
        import numpy as np

        from kdviz.data.sources.open_data import open_data
        from kdviz.modalities.base import modality
        from kdviz.runs.store.view_cache import encoded

        refuse_folder(given.out)
        eye = modality(given.to, knobs_of(given))
        data = open_data(given.source, mapping_of(given, with_settings=False), (bar := ReadingBar()), bar.heard)
        view = encoded(data, eye)
        names = np.array(data.classes)
        with given.out.open("wb") as file:
            np.savez(file, allow_pickle=False, X=view, y=data.y, class_names=names, **data.splits)
        said = {"out": str(given.out), "modality": given.to, "shape": list(view.shape), "sha256": data.sha256}
        if given.json:
            say(said)
        else:
            print(f"{given.out}: {' x '.join(map(str, view.shape))} through {given.to}")
        return 0
