"""The flags that say which data, and how to read it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import add_settings, settings


def add_mapping(parser: ArgumentParser, with_settings: bool = True) -> None:
    """FILE_OR_SAMPLE and the mapping's flags."""
    parser.add_argument(
        "source",
        metavar="FILE_OR_SAMPLE",
        nargs="+",
        help="a path, a training and a test file, or sample:gunpoint, sample:basic_motions, ...",
    )
    for name, text in FLAGS.items():
        parser.add_argument(f"--{name}", metavar=name.upper(), help=text)
    if with_settings:
        add_settings(parser, "further settings of the mapping; a word alone is the column that says train or test")


OF_DATA = "data."
FLAGS = {
    "label": "column with the class",
    "time": "column with the time",
    "subject": "column with the subject or recording",
    "channels": "columns with the channels, separated by commas",
    "window": "window length in samples, or in seconds as 2.5s",
    "step": "window step in samples, or in seconds",
    "hz": "samples per second",
}
AS_SAID = {"hz": "rate"}


def mapping_of(given: Namespace, with_settings: bool = True) -> dict[str, Any] | None:
    """The mapping that was asked for, or None where nothing was."""
    said = {AS_SAID.get(n, n): getattr(given, n) for n in FLAGS if getattr(given, n) is not None}
    given_settings = settings([pair if "=" in pair or not with_settings else f"set={pair}" for pair in given.settings])
    if with_settings:
        return {**said, **given_settings} or None
    return {**said, **{k.removeprefix(OF_DATA): v for k, v in given_settings.items() if k.startswith(OF_DATA)}} or None


def knobs_of(given: Namespace) -> dict[str, str]:
    """The settings that are not the mapping's: those of networks, methods and modalities."""
    return {k: v for k, v in settings(given.settings).items() if not k.startswith(OF_DATA)}
