"""Files that are known and not opened: those that run code when opened, pictures, programs, archives of other kinds."""

from __future__ import annotations

from kdviz.core.errors import FileError
from kdviz.data import unpack
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader

_PICKLE = (
    "Pickle files can run code, so kdviz does not open them. Convert once: numpy.savez('data.npz', X=X, y=y)",
    (".pkl", ".pickle", ".p", ".dill", ".joblib", ".pck", ".cpickle"),
)
_COMPARE = (
    "A model of yours is looked at where it lives, in your own Python: import kdviz; "
    "view = kdviz.compare(teacher, student, X, y); view.save('view.html')"
)
_TORCH = (
    "PyTorch files can run code, so kdviz does not open them. "
    f"Convert data once: numpy.savez('data.npz', X=X.numpy(), y=y.numpy()). {_COMPARE}",
    (".pt", ".pth", ".ckpt", ".pt2"),
)
_MODEL = (
    f"This is a model, not data, and kdviz opens no model file. {_COMPARE}",
    (".onnx", ".safetensors", ".gguf", ".tflite", ".keras"),
)
_BY_ENDING = (_PICKLE, _TORCH, _MODEL)

_ARROW = "Feather files are not opened. Convert once: pandas.read_feather('data.feather').to_parquet('data.parquet')"
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9", _TORCH[0]),
    *((0, bytes((0x80, version)), _PICKLE[0]) for version in (2, 3, 4, 5)),
    (0, b"ARROW1", _ARROW),
    (0, b"FEA1", _ARROW),
    (0, b"\x89PNG", "This is a PNG picture, not data. Choose a file of numbers."),
    (0, b"\xff\xd8\xff", "This is a JPEG picture, not data. Choose a file of numbers."),
    (0, b"GIF8", "This is a GIF picture, not data. Choose a file of numbers."),
    (0, b"II*\x00", "This is a TIFF picture, not data. Choose a file of numbers."),
    (0, b"MM\x00*", "This is a TIFF picture, not data. Choose a file of numbers."),
    (8, b"WEBP", "This is a WebP picture, not data. Choose a file of numbers."),
    (8, b"AVI ", "This is a video, not data. Choose a file of numbers."),
    (4, b"ftyp", "This is a video (MP4), not data. Choose a file of numbers."),
    (0, b"%PDF", "This is a PDF. Export the series as CSV."),
    (0, b"\x7fELF", "This is a program, not data. Choose a file of numbers."),
    (0, b"\xca\xfe\xba\xbe", "This is a program, not data. Choose a file of numbers."),
    (0, b"SQLite format 3\x00", "This is an SQLite database. Export the table as CSV."),
    (0, b"7z\xbc\xaf\x27\x1c", "7z archives are not opened. Unpack it, or pack it as .zip."),
    (0, b"Rar!\x1a\x07", "RAR archives are not opened. Unpack it, or pack it as .zip."),
    (0, b"\xfd7zXZ\x00", "xz files are not opened. Unpack it, or pack it as .gz or .zip."),
    (0, b"BZh", "bzip2 files are not opened. Unpack it, or pack it as .gz or .zip."),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard files are not opened. Unpack it, or pack it as .gz or .zip."),
    (257, b"ustar", "tar archives are not opened. Unpack it, or pack it as .zip."),
    (0, b"OggS", "Ogg sound is not read. Convert it to WAV."),
    (0, b"fLaC", "FLAC sound is not read. Convert it to WAV."),
    (0, b"ID3", "MP3 sound is not read. Convert it to WAV."),
    (0, b"RDX", "R data files are not opened. Export in R: write.csv(data, 'data.csv', row.names = FALSE)"),
    (0, b"RDA", "R data files are not opened. Export in R: write.csv(data, 'data.csv', row.names = FALSE)"),
)
_VIDEO = "This is MPEG video (its .ts is not the time-series .ts). Choose a file of numbers."
_PACKET = 188


class Refused(Reader):
    """What is never opened, with the way out."""

    id = "refused"
    title = "not opened"

    def sniff(self, file: File) -> Guess | None:
        """A mark of such a file; an ending alone where no other format shows."""
        if _by_mark(file):
            return Guess(2.0, "its first bytes")
        return Guess(0.5, "its ending") if _by_ending(file) else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Raises FileError, always."""
        del mapping
        raise FileError(_by_mark(file) or _by_ending(file))


def _by_mark(file: File) -> str:
    head = file.head
    for at, mark, sentence in _MARKS:
        if head[at : at + len(mark)] == mark:
            return sentence
    if _is_video(head):
        return _VIDEO
    if head[:2] == b"MZ" and b"\x00" in head[:128]:
        return "This is a program, not data. Choose a file of numbers."
    if head.startswith(unpack.ZIP) and _holds_pickle(file):
        return _TORCH[0]
    return ""


def _is_video(head: bytes) -> bool:
    return len(head) >= _PACKET and all(b == 0x47 for b in head[: 20 * _PACKET : _PACKET]) and b"\x00" in head[:_PACKET]


def _holds_pickle(file: File) -> bool:
    first = unpack.first_member(file.head).lower()
    return first.endswith(("/data.pkl", "/version", "/byteorder", "/.format_version")) or first == "data.pkl"


def _by_ending(file: File) -> str:
    return next((sentence for sentence, endings in _BY_ENDING if file.extension in endings), "")
