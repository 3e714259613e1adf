"""Text of every script: what is displayed, how it is compared, and the words it is found by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.labels import fold_label
from sightline.domain.text import clean_line, clean_text, fold_text
from sightline.domain.words import collect_words, fold_accents, split_words

TOKYO, TOWER = "\u6771\u4eac", "\u30bf\u30ef\u30fc"
OSAKA_CASTLE_PARK = "\u5927\u962a\u57ce\u516c\u5712"
TSINGHUA_UNIVERSITY = "\u6e05\u534e\u5927\u5b66"
DOG_IN_HINDI = "\u0915\u0941\u0924\u094d\u0924\u093e"
HELLO_WORLD_IN_THAI = "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
HEART = "\u2764\ufe0f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "name",
    [
        "Rock \u2019n\u2019 Roll #1: 50% & more",
        "100\u00a0% \u2013 \u00bfqu\u00e9? \u00a1s\u00ed!",
        FAMILY,
        HEART,
        ENGLAND,
        TOKYO + TOWER,
        DOG_IN_HINDI,
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ],
)
def test_text_of_any_script_is_displayed_as_written(name: str) -> None:
    assert clean_line(name) == " ".join(name.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb\u202c", "ab"),
        ("\u2066a\u2069 \u200fb\u061c", "a b"),
        ("a\x07\x1b[31mb\x00", "a[31mb"),
        ("a\u0085\u2028b\u2029c\td\r\ne", "a b c d e"),
        ("\ufeffa\u00adb\u200bc", "abc"),
        ("a\ud800b", "ab"),
        ("  a   b  ", "a b"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u202e", ""),
    ],
)
def test_control_and_bidirectional_characters_are_removed(text: str, shown: str) -> None:
    assert clean_line(text) == shown


def test_text_of_several_lines_keeps_its_lines() -> None:
    assert clean_text(" a\u202e \r\n\nb\x07 \u2028c\n") == "a\n\nb\nc"


@given(st.text())
def test_cleaning_is_idempotent_and_leaves_nothing_invisible(text: str) -> None:
    cleaned = clean_line(text)
    assert clean_line(cleaned) == cleaned
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(each) for each in cleaned}
    cleaned.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9", "CAFE\u0301"),
        ("\uff23\uff21\uff26\uff25", "cafe"),
        ("\uff80\uff9c\uff70", TOWER),
        ("Stra\u00dfe", "STRASSE"),
        (
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3",
        ),
        ("\ufb01sh", "FISH"),
        ("Rock \u2019n\u2019 Roll", "rock 'n' roll"),
        (HEART, "\u2764"),
        ("so\u00adft", "soft"),
        ("\ud55c\uad6d", unicodedata.normalize("NFD", "\ud55c\uad6d")),
    ],
)
def test_ways_to_write_one_label_have_one_key(one: str, other: str) -> None:
    assert fold_label(one) == fold_label(other)
    assert split_words(one) == split_words(other)


@pytest.mark.parametrize(("one", "other"), [("cafe", "caf\u00e9"), ("#1", "1"), ("C++", "C")])
def test_other_labels_have_other_keys(one: str, other: str) -> None:
    assert fold_label(one) != fold_label(other)


@given(st.text())
def test_a_key_is_stable_and_the_same_for_every_composition(text: str) -> None:
    key = fold_text(text)
    assert fold_text(key) == key
    for form in ("NFC", "NFD"):
        assert fold_text(unicodedata.normalize(form, text)) == key
    key.encode()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DOG_IN_HINDI, [DOG_IN_HINDI]),
        (TOKYO + TOWER, [TOKYO + TOWER]),
        (
            HELLO_WORLD_IN_THAI,
            [HELLO_WORLD_IN_THAI[:6], HELLO_WORLD_IN_THAI[6:9], HELLO_WORLD_IN_THAI[9:]],
        ),
        ("d'\u00e9t\u00e9 l\u2019eau", ["d", "\u00e9t\u00e9", "l", "eau"]),
        ("www.example.com/IMG_1234.jpg", ["www", "example", "com", "img", "1234", "jpg"]),
        ("$3.50, 100%", ["3", "50", "100"]),
        (f"{FAMILY} dog {HEART}", ["dog"]),
        ("\u0301 \ufe0f - _ ''", []),
        ("a\ud800b", ["ab"]),
        ("x" * 60, ["x" * 50]),
    ],
)
def test_words_are_cut_by_the_rules_of_unicode(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "search"),
    [
        (TOKYO + TOWER, TOKYO),
        (TOKYO + TOWER, TOWER),
        (TOKYO + TOWER, "\uff80\uff9c\uff70"),
        (TOKYO + TOWER, TOKYO + TOWER),
        (f"{TOKYO}\u90fd\u5e81", TOKYO),
        (OSAKA_CASTLE_PARK, OSAKA_CASTLE_PARK[:2]),
        (OSAKA_CASTLE_PARK, OSAKA_CASTLE_PARK[:3]),
        (OSAKA_CASTLE_PARK, OSAKA_CASTLE_PARK[3:]),
        (TSINGHUA_UNIVERSITY, TSINGHUA_UNIVERSITY[:2]),
        (TSINGHUA_UNIVERSITY, TSINGHUA_UNIVERSITY[2:]),
        (f"I love {TOKYO}!", TOKYO),
    ],
)
def test_a_part_of_a_compound_finds_it(text: str, search: str) -> None:
    assert collect_words([text], 200).issuperset(split_words(search))


def test_a_city_does_not_find_another_one_across_its_parts() -> None:
    kyoto = "\u4eac\u90fd"
    assert not collect_words([f"{TOKYO}\u90fd"], 200).issuperset(split_words(kyoto))


@given(st.text())
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    words = split_words(text)
    assert collect_words([text], 200).issuperset(words[:100])
    for word in words:
        assert 0 < len(word) <= 50


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("S\u00e3o Jo\u00e3o", "Sao Joao"),
        ("cafe\u0301", "cafe"),
        ("\u0386\u03b8\u03b7\u03bd\u03b1", "\u0391\u03b8\u03b7\u03bd\u03b1"),
        # The vowels of Devanagari and the voicing of kana are no accents.
        ("\u0915\u0941\u0924\u094d\u0924\u093e", "\u0915\u0941\u0924\u094d\u0924\u093e"),
        ("\u304c", "\u304c"),
        ("\ud55c\uae00", "\ud55c\uae00"),
    ],
)
def test_accents_are_folded_in_scripts_that_have_them(text: str, folded: str) -> None:
    assert fold_accents(text) == folded
