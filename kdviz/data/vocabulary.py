"""What columns are called: time, label, subject, series and the like, in one spelling."""

from __future__ import annotations

import re


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TIME = _names(
    "timestamp timestamps datetime date_time time date t ts utc utc_time local_time epoch unix unixtime unix_time "
    "elapsed elapsed_time seconds_elapsed elapsed_seconds seconds time_step timestep time_index time_point timepoint "
    "sample_time recording_time reading_id measurement_number time_id time_s time_sec time_ms time_us time_ns "
    "timestamp_s timestamp_ms timestamp_us timestamp_ns msec ms sec ds zeit datum zeitstempel fecha hora tiempo temps "
    "horodatage tijd 时间 时间戳 日期"
)


DATE = _names("date day datum fecha jour")


MAYBE_TIME = _names("month year day step frame frame_number sample_number sample_no tick cycle cycles time_in_cycles")


LABEL = _names(
    "label labels class classes class_label classlabel class_name target targets activity activity_label "
    "activity_name activity_id activityid category outcome diagnosis gesture occupancy eye_detection condition "
    "anomaly is_anomaly state event annotation fault stage sleep_stage species 标签 类别 y"
)


ALSO_LABEL = (*LABEL[:-1], "changepoint")


SUBJECT = _names(
    "subject subject_id subjectid user user_id userid person person_id participant participant_id patient patient_id "
    "volunteer volunteer_id pid athlete animal driver rider"
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


ROW_NUMBER = (
    "",
    "index",
    "unnamed_0",
    "row",
    "row_id",
    "no",
    "nr",
    "sno",
    "s_no",
    "rownames",
    "level_0",
    "id",
    "sample",
)


def plain(name: str) -> str:
    """A column name in one spelling: "Subject ID (no.)" and "subjectId" are both "subject_id"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    name = re.sub(r"[\[(](?!s\)|ms\)|s\]|ms\]|sec|us\)|ns\)|µs\)).*?[\])]", "", name)
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")
