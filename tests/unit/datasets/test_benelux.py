"""The bundled data are consistent: keys, sources, regions, designs, flows."""

from __future__ import annotations

import re
from importlib import resources

import pandas as pd
import pytest

from shiftexp.datasets import Dataset, load_dataset
from shiftexp.panel import QUALITY

SERIES = ["market", "segment", "indicator", "substance", "unit"]
KEY = ["region", *SERIES]
LEVEL = {"country": "country", "city": "wastewater_site", "port": "port", "unit": "police_unit"}
POLICE_UNITS = (
    "noord_nederland",
    "oost_nederland",
    "midden_nederland",
    "noord_holland",
    "amsterdam_unit",
    "den_haag",
    "rotterdam",
    "zeeland_west_brabant",
    "oost_brabant",
    "limburg",
    "landelijke_eenheid",
)


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Return the bundled data."""
    return load_dataset("benelux")


@pytest.fixture(scope="module")
def values(data: Dataset) -> pd.DataFrame:
    """Return the values."""
    return data.indicators


def parts(cell: str, separator: str = ";") -> list[str]:
    """Split a cell into its non-empty parts."""
    return [part for part in cell.split(separator) if part]


def test_nothing_was_lost_in_packing(data: Dataset, values: pd.DataFrame) -> None:
    assert (len(values), values.groupby(KEY).ngroups) == (19215, 1338)
    sizes = [
        len(frame)
        for frame in (data.sources, data.events, data.regions, data.cells, data.designs, data.flows)
    ]
    assert sizes == [232, 63, 206, 6, 36, 11]
    assert values["quality"].value_counts().to_dict() == {
        "ok": 18175,
        "approximate": 523,
        "suspect": 431,
        "recalled": 54,
        "break": 32,
    }
    assert values["value"].sum() == pytest.approx(29535920342.1848, rel=1e-12)


def test_keys_are_unique_and_values_numbers(values: pd.DataFrame) -> None:
    assert not values.duplicated([*KEY, "period"]).any()
    assert values["value"].notna().all()
    assert not (values["std_error"] < 0).any()
    assert values["period"].str.fullmatch(r"\d{4}(-\d{2})?").all()


def test_words_are_from_their_lists(data: Dataset, values: pd.DataFrame) -> None:
    assert set(values["quality"]) | set(data.events["quality"]) <= set(QUALITY)
    assert set(values["market"]) <= {"cannabis", "synthetic", "cocaine", "heroin", "all"}
    assert set(values["segment"]) <= {"production", "wholesale", "retail", "context"}
    assert set(data.events["kind"]) <= {"policy", "enforcement", "measurement", "shock"}


def test_every_value_has_a_source_that_resolves(data: Dataset, values: pd.DataFrame) -> None:
    sources = data.sources
    assert sources["source_id"].is_unique
    assert (sources[["publisher", "title", "licence"]] != "").all(axis=None)
    used = set(values["source_id"]) | set(data.events["source_id"]) | set(data.flows["source_id"])
    assert used <= set(sources["source_id"])
    assert (values.loc[values["quality"] == "recalled", "source_id"] == "recalled").all()


def test_regions_match(data: Dataset, values: pd.DataFrame) -> None:
    regions = data.regions
    assert regions["region"].is_unique
    assert set(values["region"]) == set(regions["region"])
    assert (values["region"].str.split(":").str[0] == values["country"]).all()


def test_foreign_series_are_long_enough(values: pd.DataFrame) -> None:
    length = values.groupby(KEY)["period"].transform("size")
    assert not ((length < 4) & ~values["country"].isin(["BE", "NL", "CO"])).any()


def test_dutch_police_units_add_up(values: pd.DataFrame) -> None:
    chosen = (values["indicator"] == "plantations_dismantled") & (values["unit"] == "count")
    counts = values[chosen & (values["country"] == "NL")]
    for year in map(str, range(2016, 2021)):
        count = counts[counts["period"] == year].set_index("region")["value"]
        assert count[[f"NL:{name}" for name in POLICE_UNITS]].sum() == count["NL"], year


def test_event_dates_are_in_order(data: Dataset) -> None:
    events = data.events
    known = events[events["precision"] != "unknown"]
    assert known["date_start"].str.fullmatch(r"\d{4}-\d{2}-\d{2}").all()
    assert (events["date_start"] <= events["date_end"]).all()


def test_every_cell_has_one_primary_design(data: Dataset) -> None:
    designs = data.designs
    primary = designs[designs["role"] == "primary"]
    assert sorted(primary["cell"]) == sorted(data.cells["cell"])
    assert designs["design"].is_unique
    assert (designs["because"].str.len() > 40).all()
    assert set(designs["role"]) <= {
        "primary",
        "secondary",
        "negative_control",
        "reverse",
        "one_unit",
    }


def test_designs_name_series_and_levels_that_exist(data: Dataset, values: pd.DataFrame) -> None:
    known = set(values[[*SERIES, "region"]].itertuples(index=False, name=None))
    regions = data.regions.set_index("region")
    for row in data.design_rows:
        focal = parts(row["origin"], "+") + parts(row["destination"], "+")
        donors = parts(row["donors"])
        for unit in focal + donors:
            assert (*(row[name] for name in SERIES), unit) in known, (row["design"], unit)
            assert regions.loc[unit, "level"] == LEVEL[row["level"]], (row["design"], unit)
        assert not set(focal) & set(donors)
        assert len(set(donors)) == len(donors)
        assert {unit.split(":")[0] for unit in donors}.isdisjoint({"BE", "NL"})
        kinds = {str(regions.loc[unit, "role"]).split()[0] for unit in donors}
        assert (
            kinds == {"none": set(), "far": {"far"}, "near+far": {"near", "far"}}[row["donor_pool"]]
        )
        assert bool(row["origin"] and row["destination"]) != (row["role"] == "one_unit")


def test_designs_are_dated_in_order_and_use_no_doubtful_flags(data: Dataset) -> None:
    for row in data.design_rows:
        assert row["start"] < row["onset_first"] <= row["onset_last"] <= row["end"], row["design"]
        assert set(parts(row["quality"])) <= {"ok", "approximate", "break"}, row["design"]
        assert (row["basis"] == "observed") == (row["onset_first"] < row["onset_last"])


def test_no_donor_has_a_break_inside_the_window(data: Dataset, values: pd.DataFrame) -> None:
    for row in data.design_rows:
        own = values[values["region"].isin(parts(row["donors"]))]
        own = own[(own[SERIES] == [row[name] for name in SERIES]).all(axis=1)]
        own = own[own["period"].between(row["start"], row["end"])]
        first = own.groupby("region")["period"].transform("min")
        assert not ((own["quality"] == "break") & (own["period"] > first)).any(), row["design"]


def test_event_designs_start_at_an_event_that_is_no_measurement(data: Dataset) -> None:
    events = data.events[data.events["kind"] != "measurement"]
    for row in data.design_rows:
        if row["basis"] != "event":
            continue
        found = events[events["event"] == row["event"]]
        assert len(found), row["design"]
        for day, precision in zip(found["date_start"], found["precision"], strict=True):
            year = day[:4]
            early = day[5:7] <= "06" and precision != "year" and row["onset_first"] == year
            late = row["onset_first"] == str(int(year) + 1) and year in parts(row["exclude"])
            assert early or late, row["design"]


def test_detection_intervals_are_given_where_they_are_asked(data: Dataset) -> None:
    for row in data.design_rows:
        asked = {
            "ratio": row["comparable"] == "1" and row["role"] != "one_unit",
            "origin": bool(row["origin"]),
            "destination": bool(row["destination"]),
        }
        for box, wanted in asked.items():
            low, high = row[f"detection_{box}_low"], row[f"detection_{box}_high"]
            assert (0 < float(low) < float(high)) if wanted else low == high == "", (
                row["design"],
                box,
            )


def test_flows_are_intervals_around_the_values(data: Dataset, values: pd.DataFrame) -> None:
    flows = data.flows
    assert not flows.duplicated(["place", "period", "quantity", "unit"]).any()
    assert set(flows["place"]) <= set(data.regions["region"])
    assert (flows["value_low"] <= flows["value_high"]).all()
    share = flows.dropna(subset=["foreign_share_low"])
    assert share["foreign_share_low"].between(0, share["foreign_share_high"]).all()
    assert (share["foreign_share_high"] <= 1).all()
    seen = values.merge(
        flows,
        left_on=["region", "period", "source_id"],
        right_on=["place", "period", "source_id"],
    )
    same = seen[(seen["indicator"] == seen["quantity"]) & (seen["unit_x"] == seen["unit_y"])]
    assert len(same)
    assert same["value"].between(same["value_low"], same["value_high"]).all()
    part = seen[seen["indicator"] == "coffeeshop_visitors_be_share"]
    assert len(part)
    assert (
        (part["value"] / 100).between(part["foreign_share_low"], part["foreign_share_high"]).all()
    )


def test_the_folder_is_small_and_carries_its_data_card() -> None:
    folder = resources.files("shiftexp.datasets").joinpath("benelux")
    sizes = {item.name: len(item.read_bytes()) for item in folder.iterdir()}
    assert sum(sizes.values()) < 200_000
    card = folder.joinpath("README.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in card for name in sizes if name.endswith(".xz"))


def test_no_machine_path_travels_with_the_data(data: Dataset) -> None:
    path = re.compile(r"(?<![\w.])/(home|root|mnt|usr|var|Users)/[a-z]", re.IGNORECASE)
    folder = resources.files("shiftexp.datasets").joinpath("benelux")
    text = folder.joinpath("README.md").read_text(encoding="utf-8")
    for frame in (
        data.indicators,
        data.sources,
        data.events,
        data.regions,
        data.cells,
        data.designs,
        data.flows,
    ):
        text += frame.to_csv(index=False)
    assert not path.search(re.sub(r"https?://\S+", "", text))
