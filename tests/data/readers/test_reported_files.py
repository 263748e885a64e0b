"""Files as people and devices write them: what stands around a table, beside it, or instead of a value."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.cells import Words
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare.assemble import AssembledData
from kdviz.data.raw import Cases, File, Recording
from kdviz.data.sources import parser_child

ROWS = 120
WAVE = [(i / 50, np.sin(i / 7), np.cos(i / 9)) for i in range(ROWS)]


def opened(name: str, data: str | bytes, **how: object) -> AssembledData:
    content = data.encode() if isinstance(data, str) else data
    return parser_child.opened([File(name, content)], mapping_from(how))


def several(files: Sequence[tuple[str, str]], **how: object) -> AssembledData:
    return parser_child.opened([File(n, d.encode()) for n, d in files], mapping_from(how))


def recording(found: AssembledData) -> Recording:
    assert isinstance(found.understood.content, Recording)
    return found.understood.content


def cases(found: AssembledData) -> Cases:
    assert isinstance(found.understood.content, Cases)
    return found.understood.content


def said(found: Words | None) -> list[str]:
    return [] if found is None else [str(w) for w in found]


def body(mark: str = ",") -> str:
    return "".join(mark.join(f"{v:.4f}" for v in row) + "\n" for row in WAVE)


def zipped(files: Sequence[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def wave(seed: int, rows: int = 30) -> str:
    rng = np.random.default_rng(seed)
    return "x,y\n" + "".join(f"{a:.4f},{b:.4f}\n" for a, b in np.cumsum(rng.normal(size=(rows, 2)), axis=0))


@pytest.mark.parametrize(
    "above",
    [
        "Pump 3,,\nOperator,n.n.,\n,,\n",
        "Gain,2.5,\nRate,50,\n",
        "My title\nMade by,hand\n\n",
        '"LOG","1","A","2","3","prog","x"\n',
        "Model,ABC,1,2,3\nUnits,V\nOffset,0\n",
        "a,b,c,d,e,f\nk,1\n",
    ],
)
@pytest.mark.parametrize("units", ["", "s,V,V\n", "(s),(m/s),(m/s)\n", "[s],[V],\n"])
def test_lines_above_a_table_are_no_rows_of_it(above: str, units: str) -> None:
    found = opened("a.csv", f"{above}time,ax,ay\n{units}{body()}")
    assert recording(found).channels == ("ax", "ay")
    assert recording(found).rows == ROWS


def test_a_table_begins_where_a_person_says() -> None:
    text = "1,2,3,4\n5,6,7,8\n9,9,9,9\n\ntime,ax,ay\n" + body()
    with pytest.raises(UserError):
        opened("a.csv", text)
    found = recording(opened("a.csv", text, head=5))
    assert (found.channels, found.rows) == (("ax", "ay"), ROWS)
    with pytest.raises(UserError, match="head=4"):
        opened("a.csv", text, head=4)


WORDS = ("<NA>", "(null)", r"\N", "#DIV/0!", "#REF!", "1.#QNAN", "-nan(ind)", "unavailable", "unknown", "No Data",
         "Bad", "n.a.", "---", "*", "OL", "-1.#IND", "--.-", "****", "nil", "<null>", "Over Range", "#NV")  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("place", [0, 3, 70, ROWS - 1])
def test_words_for_no_value_are_missing(word: str, place: int) -> None:
    lines = body().splitlines()
    time, _, y = lines[place].split(",")
    lines[place] = f"{time},{word},{y}"
    found = opened("a.csv", "time,ax,ay\n" + "\n".join(lines))
    assert recording(found).rows == ROWS
    assert np.flatnonzero(np.isnan(recording(found).values[0])).tolist() == [place]
    assert any("missing" in w for w in found.dataset.warnings) or place >= ROWS // 8 * 8


def test_unknown_among_words_stays_a_class() -> None:
    rows = "".join(f"{x:.3f},{y:.3f},{('unknown', 'walk')[i // 40 % 2]}\n" for i, (_, x, y) in enumerate(WAVE))
    assert set(said(recording(opened("a.csv", "ax,ay,label\n" + rows)).labels)) == {"unknown", "walk"}


def test_more_words_and_numbers_can_be_missing() -> None:
    lines = body().splitlines()
    lines[10], lines[20] = "0.2,-999,0.1", "0.4,kaputt,0.1"
    text = "time,ax,ay\n" + "\n".join(lines)
    with pytest.raises(UserError, match="kaputt"):
        opened("a.csv", text)
    found = recording(opened("a.csv", text, missing_words="-999, KAPUTT"))
    assert np.flatnonzero(np.isnan(found.values[0])).tolist() == [10, 20]


@pytest.mark.parametrize("mark", [-999, -9999, -200])
def test_a_number_that_means_missing_is_pointed_out_and_its_remedy_works(mark: int) -> None:
    lines = body().splitlines()
    lines[10] = f"0.2,{mark},0.1"
    text = "time,ax,ay\n" + "\n".join(lines)
    (finding,) = [f for f in opened("a.csv", text).findings if f.code == "marks"]
    name, _, value = finding.remedies[0].partition("=")
    mended = opened("a.csv", text, **{name: value})
    assert not [f for f in mended.findings if f.code == "marks"]
    assert np.isnan(recording(mended).values[0, 10])


@pytest.mark.parametrize("stamp", ["{:02d} May 2023 09:30:00", "May {:02d} 2023 09:30:00 AM", "{:02d} Mai 2023 9:30"])
def test_blanks_in_a_time_cut_nothing(stamp: str) -> None:
    rows = "".join(f"{stamp.format(i + 1)},{i / 7:.3f}\n" for i in range(28))
    found = recording(opened("a.csv", "time,value\n" + rows))
    assert found.values.shape[1] == 28
    assert np.allclose(found.values[-1], np.round(np.arange(28) / 7, 3))


@pytest.mark.parametrize("form", ["[{}]", "{}", "({})"])
@pytest.mark.parametrize("mark", [",", "\t", ";", " "])
@pytest.mark.parametrize("arrow", [" -> ", " "])
def test_a_time_before_the_values_is_a_column(form: str, mark: str, arrow: str) -> None:
    if form == "{}" and arrow == " ":
        arrow = " => "
    rows = "".join(
        form.format(f"09:30:{i // 50:02d}.{i % 50 * 20:03d}") + arrow + f"{x:.4f}{mark}{y:.4f}\n"
        for i, (_, x, y) in enumerate(WAVE)
    )
    found = recording(opened("a.log", rows))
    assert np.allclose(found.values, np.array(WAVE).T[1:], atol=1e-3)
    assert found.rate == pytest.approx(50, rel=0.01)


@pytest.mark.parametrize("form", ["ax:{:.4f},ay:{:.4f}", "ax={:.4f};ay={:.4f}", "ax: {:.4f}\tay: {:.4f}"])
def test_values_that_carry_their_names(form: str) -> None:
    found = recording(opened("a.txt", "".join(form.format(x, y) + "\n" for _, x, y in WAVE)))
    assert found.channels == ("ax", "ay")
    assert found.rows == ROWS


LISTS = [
    lambda v: '"[' + ", ".join(v) + ']"', lambda v: '"' + ",".join(v) + '"', " ".join, ";".join, "|".join,
    lambda v: "[" + " ".join(v) + "]",
]  # fmt: skip


@pytest.mark.parametrize("written", LISTS)
@pytest.mark.parametrize("head", ["label,values\n", "label,pixels\n"])
def test_a_series_in_a_cell(written: object, head: str) -> None:
    rng = np.random.default_rng(0)
    rows = "".join(f"{'ab'[i % 2]},{written([f'{v:.3f}' for v in rng.normal(size=20)])}\n" for i in range(12))  # type: ignore[operator]
    found = cases(opened("a.csv", head + rows))
    assert (len(found.values), set(found.lengths.tolist())) == (12, {20})
    assert set(said(found.labels)) == {"a", "b"}


def test_pairs_of_index_and_value() -> None:
    rows = "".join(f"{i % 2} " + " ".join(f"{j}:{np.sin(i + j):.3f}" for j in range(1, 21)) + "\n" for i in range(12))
    found = cases(opened("a.libsvm.txt", rows))
    assert (len(found.values), set(found.lengths.tolist()), set(said(found.labels))) == (12, {20}, {"0", "1"})


def test_json_with_comments_is_read_and_a_python_dict_refused() -> None:
    plain = json.dumps({"X": np.arange(80.0).reshape(8, 10).tolist(), "y": [0, 1] * 4})
    for text in ("// by hand\n" + plain, "/* by hand */" + plain, plain[:-1] + ",}"):
        assert cases(opened("a.json", text)).values[0].shape == (1, 10)
    with pytest.raises(UserError, match="quotation"):
        opened("a.json", plain.replace('"', "'"))


def test_blocks_between_blank_lines_are_series() -> None:
    text = "\n\n".join("".join(f"{i / 10} {np.sin(i + k):.3f}\n" for i in range(20)) for k in range(6))
    found = cases(opened("a.dat", text))
    assert (len(found.values), found.values[0].shape) == (6, (1, 20))
    assert isinstance(opened("a.dat", text, layout="tall").understood.content, Recording)


FOLDERS = ("walk", "run")
ACTIVITIES = [
    (f"set/{c}/s{s}/{k}.csv", wave(i + 7 * s + 50 * k)) for i, c in enumerate(FOLDERS) for s in (1, 2) for k in (0, 1)
]


def test_the_folder_that_is_no_person_is_the_class() -> None:
    found = cases(opened("a.zip", zipped(ACTIVITIES)))
    assert set(said(found.labels)) == {"walk", "run"}
    assert set(said(found.groups)) == {"s1", "s2"}


def test_two_levels_of_folders_are_asked_about_and_the_advice_works() -> None:
    files = zipped([(n.replace("walk", "p1").replace("run", "p2"), d) for n, d in ACTIVITIES])
    with pytest.raises(UserError, match="folder=1"):
        opened("a.zip", files)
    assert set(said(cases(opened("a.zip", files, folder="1")).labels)) == {"p1", "p2"}
    assert set(said(cases(opened("a.zip", files, folder="last")).labels)) == {"s1", "s2"}
    assert opened("a.zip", files, folder="-").understood.layout == "recording"
    with pytest.raises(UserError, match="no level"):
        opened("a.zip", files, folder="7")


@pytest.mark.parametrize("parts", [("train", "test"), ("training", "testing"), ("Train", "Val")])
def test_folders_of_parts_are_the_split(parts: tuple[str, str]) -> None:
    files = [(f"d/{p}/{c}/{k}.csv", wave(k + 10 * i + 100 * j)) for j, p in enumerate(parts) for i, c in enumerate("ab")
             for k in range(4)]  # fmt: skip
    found = cases(opened("a.zip", zipped(files)))
    assert set(said(found.labels)) == {"a", "b"}
    assert len(set(said(found.parts))) == 2


def test_names_of_files_say_the_class_where_they_are_words() -> None:
    files = [(f"{c}_{k}.csv", wave(k + 10 * i)) for i, c in enumerate(("normal", "faulty")) for k in range(4)]
    assert set(said(cases(opened("a.zip", zipped(files))).labels)) == {"normal", "faulty"}
    assert opened("a.zip", zipped(files), folder="-").understood.layout == "recording"
    short = zipped([(n.replace("normal", "N").replace("faulty", "A"), d) for n, d in files])
    assert any("folder=name" in w for w in opened("a.zip", short).dataset.warnings)
    assert set(said(cases(opened("a.zip", short, folder="name")).labels)) == {"N", "A"}


@pytest.mark.parametrize("listing", ["REFERENCE.csv", "labels.csv", "meta.txt"])
@pytest.mark.parametrize("ending", ["", ".csv"])
def test_a_list_of_files_says_their_classes(listing: str, ending: str) -> None:
    files = [(f"A{k:04d}.csv", wave(k)) for k in range(8)]
    rows = "".join(f"A{k:04d}{ending},{'NA'[k % 2]}\n" for k in range(8))
    found = cases(opened("a.zip", zipped([*files, (listing, rows)])))
    assert list(said(found.labels)) == ["N", "A"] * 4
    more = "file,weight,quality\n" + "".join(f"A{k:04d}{ending},{k + 50},{k % 2}\n" for k in range(8))
    assert said(cases(opened("a.zip", zipped([*files, (listing, more)]), label="quality")).labels) == ["0", "1"] * 4


def test_channels_in_files_of_their_own_beside_classes_and_subjects() -> None:
    rng, files = np.random.default_rng(0), []
    for part, count in (("train", 8), ("test", 4)):
        for name in ("acc_x", "acc_y"):
            rows = "".join(" ".join(f"{v:.3f}" for v in row) + "\n" for row in rng.normal(size=(count, 16)))
            files.append((f"H/{part}/Signals/{name}_{part}.txt", rows))
        files.append((f"H/{part}/y_{part}.txt", "".join(f"{1 + k % 2}\n" for k in range(count))))
        files.append((f"H/{part}/subject_{part}.txt", "".join(f"{k // 2}\n" for k in range(count))))
    files.append(("H/activity_labels.txt", "1 WALK\n2 SIT\n"))
    found = cases(opened("a.zip", zipped(files)))
    assert found.values[0].shape == (2, 16)
    assert set(said(found.labels)) == {"WALK", "SIT"}
    assert found.groups is not None
    assert (np.array(found.parts) == "test").sum() == 4


def test_series_and_classes_under_any_names() -> None:
    rng = np.random.default_rng(0)
    rows = "".join(",".join(f"{v:.3f}" for v in row) + "\n" for row in rng.normal(size=(12, 16)))
    found = cases(several([("measured.csv", rows), ("truth.txt", "a\nb\n" * 6)]))
    assert list(said(found.labels)) == ["a", "b"] * 6


@pytest.mark.parametrize("end", ["?", "NaN", "nan"])
def test_what_fills_up_a_ts_file_is_no_value(end: str) -> None:
    rows = "".join(",".join([*(f"{np.sin(i + j):.3f}" for j in range(20 + i)), *[end] * (12 - i)]) + f":{i % 2}\n"
                   for i in range(12))  # fmt: skip
    found = opened("a.ts", "@problemName p\n@classLabel true 0 1\n@data\n" + rows)
    assert cases(found).lengths.tolist() == [20 + i for i in range(12)]
    assert not any("missing" in w for w in found.dataset.warnings)


def test_a_ts_file_heeds_its_label() -> None:
    rows = "".join(",".join(f"{np.sin(i + j):.3f}" for j in range(20)) + f":{i % 2}\n" for i in range(12))
    text = "@problemName p\n@univariate true\n@data\n" + rows
    assert set(said(cases(opened("a.ts", text)).labels)) == {"0", "1"}
    assert cases(opened("a.ts", text, label="-")).labels is None
    with pytest.raises(UserError, match="label=last"):
        opened("a.ts", text, label="class")
    assert set(said(cases(opened("a.ts", text, label="last")).labels)) == {"0", "1"}


def npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def test_an_array_with_its_class_in_a_column() -> None:
    X = np.random.default_rng(0).normal(size=(20, 17))
    for place, name in ((0, "first"), (-1, "last")):
        labelled = X.copy()
        labelled[:, place] = np.arange(20) % 2
        for how in ({}, {"label": name}):
            found = cases(opened("a.npy", npy(labelled), **how))
            assert (set(said(found.labels)), found.values[0].shape) == ({"0", "1"}, (1, 16))
    cube = np.random.default_rng(0).normal(size=(20, 3, 16))
    with pytest.raises(UserError, match="label=-"):
        opened("a.npy", npy(cube), label="first")
    assert cases(opened("a.npy", npy(cube), channels="#3,#1")).values[0].shape == (2, 16)


@pytest.mark.parametrize("setting", [{"sheet": "x"}, {"head": 3}, {"folder": "1"}])
def test_a_setting_that_means_nothing_is_refused_in_words(setting: dict[str, object]) -> None:
    with pytest.raises(UserError, match="Leave it out"):
        opened("a.npy", npy(np.random.default_rng(0).normal(size=(20, 3, 16))), **setting)


def test_an_attribute_without_a_blank_before_its_classes() -> None:
    rows = "".join(f"{i / 7:.2f},{i / 3:.2f},{np.sin(i):.2f},{'ab'[i % 2]}\n" for i in range(12))
    head = "@relation r\n" + "".join(f"@attribute t{i} numeric\n" for i in range(3)) + "@attribute class{a,b}\n@data\n"
    assert set(said(cases(opened("a.arff", head + rows, layout="wide")).labels)) == {"a", "b"}


def test_classes_alike_and_rare_labels_are_said() -> None:
    rows = "".join(f"{('walk', 'Walk', 'run')[i % 3]}," + ",".join(f"{np.sin(i + j):.2f}" for j in range(30)) + "\n"
                   for i in range(12))  # fmt: skip
    found = opened("a.csv", "label," + ",".join(f"t{j}" for j in range(30)) + "\n" + rows)
    assert any("alike" in w for w in found.dataset.warnings)
    rare = "timestamp,value,is_anomaly\n" + "".join(
        f"{i},{np.sin(i / 5):.3f},{int(i in (40, 41))}\n" for i in range(300)
    )
    (finding,) = [f for f in opened("a.csv", rare).findings if f.code == "lost_labels"]
    name, _, value = finding.remedies[0].partition("=")
    assert opened("a.csv", rare, **{name: value}).dataset.classes == ("0", "1")


def test_recordings_of_other_rates_have_no_rate() -> None:
    def one(rate: int, seed: int) -> str:
        return "time,x\n" + "".join(f"{i / rate:.4f},{np.sin(i + seed):.3f}\n" for i in range(90))

    found = opened("a.zip", zipped([("a1.csv", one(20, 0)), ("a2.csv", one(25, 1))]))
    assert recording(found).rate is None
    assert any("rates" in w for w in found.dataset.warnings)


def test_two_columns_tell_series_apart_together() -> None:
    rows = "".join(
        f"2023-05-{d + 1:02d},{s},{i},{s * 10 + i * 3 + d % 7}\n" for s in (1, 2) for i in (1, 2, 3) for d in range(20)
    )
    assert len(cases(opened("a.csv", "date,store,item,sales\n" + rows)).values) == 6


def test_rows_that_look_like_series_are_asked_about_and_the_advice_works() -> None:
    rows = "".join(
        f"02-05-2023 09:{i // 12:02d}:{i % 12 * 5:02d},"
        + ",".join(f"{100 * np.sin(j / 9 + 2.1 * i):.1f}" for j in range(100))
        + "\n"
        for i in range(40)
    )
    with pytest.raises(UserError, match="layout=wide"):
        opened("a.csv", rows)
    assert len(cases(opened("a.csv", rows, layout="wide", ignore="#1")).values) == 40


SLOW_RATES = {
    "Samples per minute: 30": 0.5, "Sampling rate: 30 per minute": 0.5, "Sampling rate (1/min): 30": 0.5,
    "6 readings/h": 6 / 3600, "Messungen pro Minute: 30": 0.5, "Sampling rate: 50 /s": 50.0,
    "Sampling rate: 30 per fortnight": None, "Sampling: 30 each fortnight": None, "Session 3 / day 2": None,
}  # fmt: skip


@pytest.mark.parametrize("line", SLOW_RATES)
def test_a_rate_is_per_what_the_line_says_or_not_read_in_words(line: str) -> None:
    rows = "".join(f"{a:.4f},{b:.4f}\n" for _, a, b in WAVE)
    found = opened("log.csv", f"{line}\na,b\n{rows}", window="8")
    want = SLOW_RATES[line]
    assert recording(found).rate == (None if want is None else pytest.approx(want))
    assert any("no rate is read" in n for n in found.notes) == ("fortnight" in line)


def test_a_row_of_settings_below_the_names_is_no_sample() -> None:
    rows = "".join(f"{'walk' if i < 60 else 'run'},{a:.4f},{b:.4f}\n" for i, (_, a, b) in enumerate(WAVE))
    found = opened("log.csv", f"activity,x,y\n-,g,g\nOffset,0,0\n{rows}", window="8")
    assert found.dataset.classes == ("run", "walk") and recording(found).rows == ROWS
    assert any("Line 3 is a setting" in n for n in found.notes)


def stamped(stamps: Sequence[object], head: str = "when,x,y") -> str:
    return head + "\n" + "".join(f"{s},{a:.4f},{b:.4f}\n" for s, (_, a, b) in zip(stamps, WAVE, strict=False))


HOURS = [f"2021{5 + i // 24 // 28:02d}{1 + i // 24 % 28:02d}{i % 24:02d}" for i in range(ROWS)]
CLOCKS = {
    "hours in digits": (stamped(HOURS), 1 / 3600),
    "a film's time code": (stamped([f"01:00:{i // 25:02d}:{i % 25:02d}" for i in range(ROWS)]), 25.0),
    "hundredths": (stamped([f"01:00:{i // 50:02d}:{i % 50 * 2:02d}" for i in range(ROWS)]), 50.0),
    "seconds and nanoseconds": (stamped([f"{1620000000 + i // 50},{i % 50 * 20000000}" for i in range(ROWS)],
                                        "secs,nsecs,x,y"), 50.0),
    "a rate in Polish": ("Częstotliwość próbkowania: 100 Hz\na;b\n" + body(";").replace(".", ","), 100.0),
    "a rate of updates": ("// Update Rate: 100.0Hz\nSampleTimeFine,x,y\n"
                          + stamped(range(7000, 7000 + 100 * ROWS, 100), "").lstrip(), 100.0),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLOCKS)
def test_clocks_are_read_as_what_they_count(kind: str) -> None:
    text, rate = CLOCKS[kind]
    found = recording(opened("a.csv", text))
    assert found.rate == pytest.approx(rate, rel=1e-4) and found.rows == ROWS
    assert "secs" not in found.channels and (np.diff(found.times) > 0).all() if found.times is not None else True


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1'067.5", 1067.5), ("1\u202f067.5", 1067.5), ("\"12,34,567.5\"", 1234567.5), ("1.50D+03", 1500.0),
     ("(1.25)", -1.25), ("1.25-", -1.25)],
)  # fmt: skip
def test_numbers_as_countries_books_and_fortran_write_them(cell: str, value: float) -> None:
    found = recording(
        opened("a.csv", stamped([f"{i / 50:.2f}" for i in range(ROWS)]).replace("0.0000,1.0000", f"{cell},1"))
    )
    assert found.values[0, 0] == pytest.approx(value) and found.channels == ("x", "y")


def test_what_names_a_place_and_never_changes_is_no_channel_and_that_is_said() -> None:
    found = opened("a.csv", stamped([f"{44},{i / 50:.2f}" for i in range(ROWS)], "STATION_ID,t,x,y"))
    assert recording(found).channels == ("x", "y")
    assert any("One number throughout, so left out: column STATION_ID" in w for w in found.dataset.warnings)


def test_recordings_side_by_side_are_asked_about_and_the_advice_works() -> None:
    rows = [f"{t:.3f},{a:.4f}," + (f"{4 * t:.3f},{b:.4f}" if i < 30 else ",") for i, (t, a, b) in enumerate(WAVE)]
    text = "X[s],EMG,X[s].1,ACC\n" + "\n".join(rows)
    with pytest.raises(UserError, match=r"clocks of their own.*ignore=#3,#4.*ignore=#1,#2"):
        opened("a.csv", text)
    first = recording(opened("a.csv", text, ignore="#3,#4"))
    assert (first.channels, first.rows, first.rate) == (("EMG",), ROWS, 50.0)
    second = recording(opened("a.csv", text, ignore="#1,#2"))
    assert (second.channels, second.rows, second.rate) == (("ACC",), 30, 12.5)


@pytest.mark.parametrize("clock", [True, False])
def test_many_named_sensors_are_channels_and_no_samples(clock: bool) -> None:
    values = np.random.default_rng(0).normal(size=(200, 80)).cumsum(0) + 100 * np.arange(80)
    names = [f"{a}{b}z" for a in "FCPOTAIKLM" for b in "abcdefgh"]
    text = ",".join((["time"] if clock else []) + names) + "\n"
    text += "".join(
        ",".join(([f"{i / 250:.3f}"] if clock else []) + [f"{v:.3f}" for v in r]) + "\n" for i, r in enumerate(values)
    )
    found = opened("eeg.csv", text)
    assert recording(found).channels == tuple(names) and recording(found).rate == (250.0 if clock else None)
    assert found.surety is not None and (found.surety["setting"] == "") == clock


def test_no_array_is_left_out_without_a_word() -> None:
    X, y = np.random.default_rng(0).normal(size=(30, 3, 40)), np.arange(30) % 3
    out = io.BytesIO()
    np.savez(out, signale=X, klassen=y, weights=np.ones(7), sr=np.array(25))
    found = opened("a.npz", out.getvalue())
    assert found.dataset.counts == {"0": 10, "1": 10, "2": 10} and found.dataset.rate == 25
    assert any("weights (7,)" in w for w in found.dataset.warnings) and any(
        "klassen" in w for w in found.dataset.warnings
    )
    assert not opened("a.npz", out.getvalue(), label="-").dataset.labelled
    out = io.BytesIO()
    when = np.datetime64("2021-05-03") + np.arange(ROWS).astype("timedelta64[s]")
    np.savez(out, time=when, x=np.sin(np.arange(ROWS)), y=np.cos(np.arange(ROWS)))
    assert recording(opened("b.npz", out.getvalue())).channels == ("x", "y")


@pytest.mark.parametrize(
    ("text", "why"),
    [("INSERT INTO m VALUES (1,2);\n" * 9, "SQL"), ("##TITLE=a\n##XYDATA=(X++(Y..Y))\n" + "400 1 2 3\n" * 9, "JCAMP"),
     ("[1] 1.5 2.5 3.5\n[4] 2.5 1.5 1\n[7] 3 4 5\n", "R prints"), ("$GPGGA,080000,4717.1,N\n" * 9, "NMEA"),
     ("".join(f"({1620000000 + i / 100:.6f}) can0 123#DEAD{i:02X}\n" for i in range(60)), "holds times")],
)  # fmt: skip
def test_what_is_no_table_of_measurements_is_refused_by_its_name(text: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        opened("a.txt", text)


def test_trials_with_their_condition_are_series_though_a_clock_is_called_epoch() -> None:
    rows = [
        f"{i / 100 - 0.2:.2f},{'ab'[k % 2]},{k},{WAVE[i][1]:.4f},{WAVE[i][2]:.4f}\n"
        for k in range(8)
        for i in range(50)
    ]
    found = opened("epochs.csv", "time,condition,epoch,C3,C4\n" + "".join(rows))
    assert len(cases(found).values) == 8 and cases(found).channels == ("C3", "C4") and cases(found).rate == 100
    assert found.dataset.counts == {"a": 4, "b": 4}


def test_years_and_wavelengths_as_names_are_no_series() -> None:
    lengths = np.sort(np.random.default_rng(0).uniform(400, 2500, 60)).round(2)
    spectra = np.sin(lengths / 200) + 0.01 * np.random.default_rng(1).normal(size=(30, 1))
    text = "sample," + ",".join(map(str, lengths)) + "\n"
    text += "".join(f"s{i}," + ",".join(f"{v:.4f}" for v in r) + "\n" for i, r in enumerate(spectra))
    assert [v.shape for v in cases(opened("nir.csv", text)).values] == [(1, 60)] * 30
    values = np.random.default_rng(0).normal(size=(10, 40)).cumsum(1)
    text = ",".join(["Country", "Code", *map(str, range(1960, 2000))]) + "\n"
    text += "".join(
        f"Land {chr(65 + i)},{chr(65 + i)}," + ",".join(f"{v:.3f}" for v in r) + "\n" for i, r in enumerate(values)
    )
    assert [v.shape for v in cases(opened("a.csv", text)).values] == [(1, 40)] * 10


def test_a_name_that_stands_only_where_it_changes_is_filled_down_and_that_is_said() -> None:
    rows = [f"{'s' + str(i // 30) if i % 30 == 0 else ''},{t:.2f},{a:.4f}\n" for i, (t, a, _) in enumerate(WAVE)]
    found = opened("a.csv", "subject,t,x\n" + "".join(rows), window="10")
    assert sorted(set(said(recording(found).subjects))) == ["s0", "s1", "s2", "s3"]
    assert any("only where it changes" in w for w in found.dataset.warnings)


def test_a_list_of_intervals_is_no_recording() -> None:
    text = "start,end,activity\n" + "".join(f"{10 * i},{10 * i + 9},{'ab'[i % 2]}\n" for i in range(40))
    with pytest.raises(UserError, match=r"lists intervals.*channels=start,end"):
        opened("a.csv", text)
    assert recording(opened("a.csv", text, channels="start,end")).channels == ("start", "end")
