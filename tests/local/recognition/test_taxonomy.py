import re

import pytest

from sightline_local.recognition.taxonomy import (
    COCO_LABELS,
    IMAGENET_CLASSES,
    TAXONOMY,
    TaxonomyError,
    parse_taxonomy,
)

#: Assigns every class, so that an outline that ends with it is complete.
REST = "- = " + " ".join(map(str, range(10, IMAGENET_CLASSES)))


def parents(name: str) -> tuple[str, ...]:
    return TAXONOMY.labels[name].parents


def test_names_parents_aliases_and_categories_follow_the_conventions_of_rekognition() -> None:
    assert parents("Egyptian Mau") == ("Cat", "Pet", "Mammal", "Animal")
    assert parents("Golden Retriever") == ("Dog", "Pet", "Mammal", "Animal")
    assert parents("Sports Car") == ("Car", "Vehicle", "Transportation")
    assert TAXONOMY.labels["Cell Phone"].aliases == ("Mobile Phone",)
    assert TAXONOMY.labels["Espresso"].category == "Food and Beverage"
    for label in TAXONOMY.labels.values():
        assert len(label.parents) <= 4, label
        assert re.fullmatch(r"[A-Z][A-Za-z]*([ -](of|[A-Z][A-Za-z]*))*", label.name), label
        assert not {label.name, *label.parents} & set(label.aliases), label


def test_every_label_is_in_use() -> None:
    detected = {name for label in COCO_LABELS for name in (label.name, *label.parents)}
    assert TAXONOMY.labels.keys() == TAXONOMY.classes_by_label.keys() | detected


def test_a_label_has_the_classes_of_the_labels_below_it() -> None:
    classes = TAXONOMY.classes_by_label
    # Classes 281 to 285 are domestic cats, 151 to 268 domestic dogs, 0 to 397 animals.
    assert classes["Cat"] == (281, 282, 283, 284, 285)
    assert classes["Egyptian Mau"] == (285,)
    assert classes["Dog"] == tuple(range(151, 269))
    assert set(classes["Pet"]) > {*classes["Cat"], *classes["Dog"]}
    assert classes["Animal"][:398] == tuple(range(398))


def test_classes_without_a_label_show_the_parent_or_nothing() -> None:
    outline = ["Pet @Pets", "  - = 0 1", "  Cat = 2 3", "  Dog = 4 5 6 7 8 9", REST]
    taxonomy = parse_taxonomy(outline)
    assert taxonomy.labels.keys() == {"Pet", "Cat", "Dog"}
    assert taxonomy.classes_by_label["Pet"] == tuple(range(10))
    labels = [taxonomy.find_label(number) for number in (1, 3, 500)]
    assert [label and label.name for label in labels] == ["Pet", "Cat", None]


def test_a_line_gives_aliases_threshold_and_category() -> None:
    (label,) = parse_taxonomy(
        ["# comment", "", "Cat / Kitty / Tom Cat = 0 1 2 3 4 5 6 7 8 9 ~65 @Big Pets", REST]
    ).labels.values()
    assert label == ("Cat", "Big Pets", (), ("Kitty", "Tom Cat"), 65)


@pytest.mark.parametrize(
    ("outline", "message"),
    [
        (["Cat = 0"], "Cat has no category"),
        (["Cat @Pets", "Cat @Pets"], "Cat appears twice"),
        (["Cat = 0 @Pets", "Dog = 0 @Pets"], "class 0 appears twice"),
        (["Cat = 1000 @Pets"], "class 1000 appears twice or does not exist"),
        (["Cat = 0 @Pets"], "class 1 is missing"),
        (["Pet @Pets", "    Cat"], "Cat: the line is too far to the right"),
        (["Pet @Pets", " Cat"], "invalid line: Cat"),
        (["Cat = x @Pets"], "invalid line: Cat = x @Pets"),
    ],
)
def test_an_invalid_outline_is_rejected(outline: list[str], message: str) -> None:
    with pytest.raises(TaxonomyError, match=message):
        parse_taxonomy(outline)
