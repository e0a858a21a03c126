"""Sums up temperature readings: one row for each station."""

import csv
import json
import sys
from collections import defaultdict


def summarise(rows):
    """Returns for each station the number of its readings, and their lowest, mean and highest."""
    readings = defaultdict(list)
    for row in rows:
        readings[row["station"]].append(float(row["celsius"]))
    return [
        {
            "station": station,
            "readings": len(values),
            "lowest": min(values),
            "mean": round(sum(values) / len(values), 2),
            "highest": max(values),
        }
        for station, values in sorted(readings.items())
    ]


if __name__ == "__main__":
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        json.dump(summarise(csv.DictReader(file)), sys.stdout, indent=2)
    print()
