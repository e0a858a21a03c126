import csv
import pathlib

from weather.summary import summarise

DATA = pathlib.Path(__file__).parent.parent / "data" / "readings.csv"


def test_one_station():
    rows = [{"station": "Fjord", "celsius": text} for text in ("-1.5", "0", "4.5")]
    assert summarise(rows) == [{"station": "Fjord", "readings": 3, "lowest": -1.5, "mean": 1.0, "highest": 4.5}]


def test_nothing_is_nothing():
    assert summarise([]) == []


def test_the_data_has_all_stations():
    with open(DATA, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    stations = summarise(rows)
    assert [station["station"] for station in stations] == ["Fjord", "Harbour", "Ridge"]
    assert sum(station["readings"] for station in stations) == len(rows)
