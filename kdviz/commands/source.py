"""The flags that say which data, and how to read it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import add_settings, settings


def add_mapping(parser: ArgumentParser, with_settings: bool = True) -> None:
    """FILE_OR_SAMPLE and the mapping's flags."""
    parser.add_argument(
        "source", metavar="FILE_OR_SAMPLE", help="a path, or sample:gunpoint, sample:basic_motions, ..."
    )
    for name, text in FLAGS.items():
        parser.add_argument(f"--{name}", metavar=name.upper(), help=text)
    if with_settings:
        add_settings(parser, "further settings of the mapping")


FLAGS = {
    "label": "column with the class",
    "time": "column with the time",
    "subject": "column with the subject or recording",
    "channels": "columns with the channels, separated by commas",
    "window": "window length in samples, or in seconds as 2.5s",
    "step": "window step in samples, or in seconds",
    "hz": "samples per second",
}


def mapping_of(given: Namespace, with_settings: bool = True) -> dict[str, Any] | None:
    """The mapping that was asked for, or None where nothing was."""
    said = {name: getattr(given, name) for name in FLAGS if getattr(given, name) is not None}
    if with_settings:
        said |= settings(given.settings)
    return said or None
