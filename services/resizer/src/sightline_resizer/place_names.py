"""Name the place of a position by the cities around it, offline.

The data set has the cities of 5,000 inhabitants and more of GeoNames (geonames.org, CC BY 4.0),
with their English names; `make places` builds it. A position has the names of the nearest city: it
is an estimate, which may be wrong within some kilometers of a border.
"""

import gzip
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from sightline.domain.capture import GeoPosition

#: Kilometers of one degree of latitude.
KM_PER_DEGREE = 111.2

#: Farthest city whose region and country a position has, and whose name it has, in kilometers.
MAX_COUNTRY_KM = 100.0
MAX_CITY_KM = 20.0

#: Inhabitants of a square kilometer of a city: a typical density, for the radius of its area.
DENSITY = 4_000


class City(NamedTuple):
    """The names of a city; an empty text where there is none."""

    name: str
    region: str
    country: str
    country_code: str


class Place(NamedTuple):
    """A city, where it is in degrees, and the radius of its area in kilometers."""

    latitude: float
    longitude: float
    radius: float
    city: City


class Nearby(NamedTuple):
    """A city near a position: its distance and the radius of its area, in kilometers."""

    distance: float
    radius: float
    city: City


class PlaceNames:
    """The cities of the world, in cells of one degree.

    `lines` have the latitude, longitude, inhabitants and names of a city, separated by tabs. Only
    those near a position are parsed further: there are 70,000.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._cells: dict[tuple[int, int], list[str]] = defaultdict(list)
        for line in lines:
            latitude, longitude, _ = line.split("\t", 2)
            self._cells[math.floor(float(latitude)), math.floor(float(longitude))].append(line)

    def name(self, position: GeoPosition) -> GeoPosition:
        """Return the position with the names of its place; as it is if no city is near."""
        nearby = list(self._find_nearby(position.latitude, position.longitude))
        if not nearby:
            return position
        # A large city reaches farther than a village, but less so than in proportion to its radius.
        local = min(nearby, key=lambda each: each.distance / math.sqrt(each.radius))
        named = replace(
            position,
            region=local.city.region or None,
            country=local.city.country or None,
            country_code=local.city.country_code,
        )
        if local.distance > max(MAX_CITY_KM, local.radius):
            return named
        city = _find_surrounding(local, nearby)
        district = None if city == local.city else local.city.name
        return replace(named, district=district, city=city.name)

    def _find_nearby(self, latitude: float, longitude: float) -> Iterator[Nearby]:
        """Yield the cities within `MAX_COUNTRY_KM`."""
        # Degrees of longitude become short towards the poles, where there are no cities.
        shrink = max(math.cos(math.radians(latitude)), 0.05)
        reach = math.ceil(MAX_COUNTRY_KM / KM_PER_DEGREE / shrink)
        row, column = math.floor(latitude), math.floor(longitude)
        for near_row in range(row - 1, row + 2):
            for near_column in range(column - reach, column + reach + 1):
                wrapped = (near_column + 180) % 360 - 180
                for line in self._cells.get((near_row, wrapped), ()):
                    place = _parse_place(line)
                    distance = _measure_distance(place, latitude, longitude)
                    if distance <= MAX_COUNTRY_KM:
                        yield Nearby(distance, place.radius, place.city)


# The images of a library were mostly taken around few places.
@lru_cache(10_000)
def _parse_place(line: str) -> Place:
    latitude, longitude, inhabitants, *names = line.rstrip("\n").split("\t")
    radius = math.sqrt(int(inhabitants) / DENSITY / math.pi)
    return Place(float(latitude), float(longitude), radius, City(*names))


def _measure_distance(place: Place, latitude: float, longitude: float) -> float:
    """Return the great-circle distance to a city in kilometers (haversine formula)."""
    one, other = math.radians(latitude), math.radians(place.latitude)
    turn = math.radians(place.longitude - longitude)
    half = math.sin((one - other) / 2) ** 2
    half += math.cos(one) * math.cos(other) * math.sin(turn / 2) ** 2
    return math.degrees(2 * math.asin(math.sqrt(half))) * KM_PER_DEGREE


@cache
def load_place_names() -> PlaceNames:
    """Load the data set; this takes a tenth of a second and 10 megabytes."""
    data = files("sightline_resizer").joinpath("places.tsv.gz").open("rb")
    with data, gzip.open(data, "rt", encoding="utf-8", newline="") as text:
        return PlaceNames(text)


def name_place(position: GeoPosition) -> GeoPosition:
    """Return the position with the names of its place."""
    return load_place_names().name(position)


def _find_surrounding(local: Nearby, nearby: list[Nearby]) -> City:
    """Return the largest city of the same region whose area has the position, or else the local."""
    surrounding = (
        each for each in nearby if each.distance <= each.radius and each.city[1:] == local.city[1:]
    )
    return max(surrounding, key=lambda each: each.radius, default=local).city
