"""What column names say: the usual names of each role, and names that count the samples (t0 t1, 0.00 0.02, dates)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kdviz.data.columns import Column
from kdviz.data.tables import times


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TIME = _names(
    "timestamp timestamps datetime date_time time date t ts utc utc_time local_time epoch unix unixtime unix_time "
    "elapsed elapsed_time seconds_elapsed elapsed_seconds seconds time_step timestep time_index time_point timepoint "
    "sample_time recording_time reading_id measurement_number time_id time_s time_sec time_ms time_us time_ns "
    "timestamp_s timestamp_ms timestamp_us timestamp_ns msec ms sec ds zeit datum zeitstempel fecha hora tiempo temps "
    "horodatage tijd 时间 时间戳 日期"
)
SHORT = frozenset(_names("t ts s ds"))
"""Names of times that are other things too."""
DATE = _names("date day datum fecha jour")
MAYBE_TIME = _names("month year day step frame frame_number sample_number sample_no tick cycle cycles time_in_cycles")
CALENDAR = {
    "year": _names("year yr yyyy yy jahr année annee ano año anno god 年 год"),
    "month": _names("month mon mo mm mnth monat mois mes mese 月 месяц"),
    "day": _names("day dy dd dom mday day_of_month tag jour dia día giorno 日 день"),
    "doy": _names("doy day_of_year dayofyear yday jday jd julian_day julian ddd"),
    "hour": _names("hour hhmm hrmn hhmn hour_minute hr hh he hours hour_ending stunde heure hora ora h 时 час"),
    "minute": _names("minute min mn mi mm minutes 分 минута"),
    "second": _names("second sec ss s seconds 秒"),
}
LABEL = _names(
    "label labels class classes class_label classlabel class_name target targets activity activity_label "
    "activity_name activity_id activityid category outcome diagnosis gesture occupancy eye_detection condition "
    "anomaly is_anomaly state event annotation fault stage sleep_stage species klasse klassen classe clase "
    "etikett étiquette etiqueta kategorie categoria categoría catégorie zustand aktivität tätigkeit activité actividad "
    "attività активность класс метка 标签 类别 类型 活动 y"
)
ALSO_LABEL = (*LABEL[:-1], "changepoint")
SUBJECT = _names(
    "subject subject_id subjectid user user_id userid person person_id participant participant_id patient patient_id "
    "volunteer volunteer_id pid athlete animal driver rider proband proband_id probandin versuchsperson teilnehmer "
    "sujet sujeto participante испытуемый 受试者 被试"
)
SERIES = _names(
    "case case_id caseid series series_id seriesid series_name sample_id sampleid instance instance_id window "
    "window_id segment segment_id sequence sequence_id seq_id trial trial_id trajectory trajectory_id record_id "
    "recording_id episode episode_id run_id unique_id item item_id unit unit_id unit_number unit_nr engine engine_id "
    "engine_no ts_id tsid id"
)
SESSION = _names("session session_id recording record trial trial_id run file filename experiment experiment_id exp")
SET = _names("set split subset partition fold usage dataset data_set is_train istrain is_test istest")
DIM = _names(
    "dim dim_id dimension dimension_id channel channel_id variable variable_name axis sensor feature signal kind "
    "dim_name column"
)
VALUE = _names("value values reading reading_value measurement measured_value amplitude val")
COUNTER = _names(
    "sample_index index counter sample_counter packet packet_counter packet_number package_number seq nseq "
    "sequence_number"
)
COUNTING = frozenset(
    _names(
        "record rec rn row idx index obs observation scan reading entry sample samples seq sequence packet pkt count "
        "counter number num no nr id frame line point message msg nummer numero 序号 编号"
    )
)
ROW_NUMBER = ("", *_names("index unnamed_0 row row_id no nr sno s_no rownames level_0 id sample"))

FEWEST_PER_CHANNEL = 4
FEWEST_DATES, FEWEST_UNEVEN = 8, 24
MOST_STRAYS = 8
MOST_NAMED = 64
_SENSORS = (
    "ch", "channel", "chan", "sensor", "s", "eeg", "emg", "ecg", "acc", "gyro", "lead", "sig", "signal", "feature", "f",
    "sensor_measurement", "electrode", "node", "mfcc",
)  # fmt: skip
_NUMBERED = re.compile(r"(?P<stem>.*?)[\s_.\-\[(]*(?P<at>\d+)[\])]?")


def grouped(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Columns called acc_x_0, acc_x_1 ..., acc_y_0 ... by channel; empty where the names say nothing of the kind."""
    if _dated(columns):
        return {}
    found: dict[str, list[tuple[int, Column]]] = {}
    for c in columns:
        match = _NUMBERED.fullmatch(c.name.strip())
        if not match:
            return {}
        found.setdefault(match["stem"].strip(" _.-[("), []).append((int(match["at"]), c))
    lengths = {len(v) for v in found.values()}
    if len(lengths) != 1 or min(lengths) < FEWEST_PER_CHANNEL:
        return {}
    for stem, block in found.items():
        places = sorted(at for at, _ in block)
        if places != list(range(places[0], places[0] + len(places))):
            return {}
        found[stem] = sorted(block, key=lambda pair: pair[0])
    return {stem or "value": [c for _, c in block] for stem, block in found.items()}


def numbered(columns: Sequence[Column]) -> bool:
    """Whether column names count the samples: 0 1 2, t0 t1, att1 att2, or evenly spaced times."""
    if grouped(columns):
        return True
    try:
        counted = np.array([float(c.name) for c in columns])
    except ValueError:
        return _dated(columns)
    steps = np.diff(counted)
    even = steps.size >= FEWEST_UNEVEN or (steps.size > 0 and np.allclose(steps, steps[0], rtol=1e-3))
    return bool(even and (steps > 0).all())  # many that rise unevenly are wavelengths


def _dated(columns: Sequence[Column]) -> bool:
    """Whether column names are dates that go on."""
    if len(columns) < FEWEST_DATES or not columns[0].name[:1].isdigit():
        return False
    moments = times.from_words([c.name for c in columns])
    return moments is not None and bool((np.diff(moments) > 0).all())


def strays(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The few columns beside many whose names count the samples ("fold" beside t0 ... t59); () where none do."""
    inside = [c for c in columns if _NUMBERED.fullmatch(c.name.strip())]
    stems = {c.name.strip().rpartition(".")[0] for c in inside}
    outside = tuple(c for c in columns if not _NUMBERED.fullmatch(c.name.strip()) and c.name not in stems)
    few = 0 < len(outside) <= min(MOST_STRAYS, len(inside) // 8)
    return outside if few and numbered(inside) and not called_channels(inside) else ()


def called_channels(columns: Sequence[Column]) -> bool:
    """Whether numbered names are those of sensors rather than of moments."""
    stem = re.sub(r"[\d_\s]+$", "", columns[0].normalised_name)
    words = (stem, stem.rpartition("_")[2])
    return bool({*_SENSORS} & set(words))
