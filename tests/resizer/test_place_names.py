"""The names of places: of the shipped data set, and of cities made for a test."""

import pytest

from sightline.domain.capture import GeoPosition
from sightline_resizer.place_names import PlaceNames, name_place

Names = tuple[str | None, str | None, str | None, str | None]


def names_at(latitude: float, longitude: float, places: PlaceNames | None = None) -> Names:
    position = GeoPosition(latitude=latitude, longitude=longitude)
    named = name_place(position) if places is None else places.name(position)
    assert (named.latitude, named.longitude) == (latitude, longitude)
    return named.district, named.city, named.region, named.country_code


@pytest.mark.parametrize(
    ("latitude", "longitude", "names"),
    [
        (38.72, -9.15, ("Lisbon", "Lisbon", "PT")),
        (38.711, -9.137, ("Lisbon", "Lisbon", "PT")),
        (52.508333, 13.408333, ("Berlin", "Berlin", "DE")),
        (43.46745, 11.88513, ("Arezzo", "Tuscany", "IT")),
        (40.44697, -3.72475, ("Madrid", "Madrid", "ES")),
        (40.758, -73.9855, ("New York City", "New York", "US")),
        (40.7282, -74.0776, ("Jersey City", "New Jersey", "US")),
        (35.6595, 139.7005, ("Tokyo", "Tokyo", "JP")),
        (35.4437, 139.638, ("Yokohama", "Kanagawa", "JP")),
        (-33.8568, 151.2153, ("Sydney", "New South Wales", "AU")),
        (48.8049, 2.1204, ("Versailles", "Ile-de-France", "FR")),
        (1.29, 103.85, ("Singapore", None, "SG")),
        (36.1, -112.1, (None, "Arizona", "US")),
        (30.0, -40.0, (None, None, None)),
        (90.0, 0.0, (None, None, None)),
        (-90.0, 180.0, (None, None, None)),
    ],
)
def test_known_places_have_their_names(
    latitude: float, longitude: float, names: tuple[str | None, ...]
) -> None:
    assert names_at(latitude, longitude)[1:] == names


def test_a_district_is_named_beside_its_city() -> None:
    assert names_at(40.65, -73.95)[:2] == ("Brooklyn", "New York City")


def make_places(*rows: str) -> PlaceNames:
    return PlaceNames(row.replace(",", "\t") for row in rows)


def test_a_city_across_the_date_line_is_near() -> None:
    places = make_places("-17.0,179.95,9000,Somewhere,East,Fiji,FJ")
    assert names_at(-17.0, -179.95, places) == (None, "Somewhere", "East", "FJ")
    assert names_at(-17.0, 179.9, places) == (None, "Somewhere", "East", "FJ")
    assert names_at(-17.0, -178.0, places) == (None, None, None, None)


def test_a_distant_city_names_the_region_only() -> None:
    places = make_places("10.0,10.0,9000,Town,North,Country,CC")
    assert names_at(10.1, 10.0, places) == (None, "Town", "North", "CC")
    assert names_at(10.5, 10.0, places) == (None, None, "North", "CC")
    assert names_at(11.0, 10.0, places) == (None, None, None, None)


def test_a_large_city_does_not_reach_into_another_region() -> None:
    capital = "10.0,10.0,9000000,Capital,South,Country,CC"
    across = make_places(capital, "10.15,10.0,9000,Suburb,North,Country,CC")
    within = make_places(capital, "10.15,10.0,9000,Suburb,South,Country,CC")
    assert names_at(10.15, 10.01, across) == (None, "Suburb", "North", "CC")
    assert names_at(10.15, 10.01, within) == ("Suburb", "Capital", "South", "CC")
