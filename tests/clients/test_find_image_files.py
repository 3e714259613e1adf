"""The command line finds image files in folders by their content."""

from pathlib import Path

from sightline_cli.files import find_image_files
from sightline_local.sample_image import draw_sample


def test_find_image_files_searches_folders_by_content(tmp_path: Path) -> None:
    image = draw_sample(size=(64, 48))
    for name in ("a.jpg", "deep/er/b.dat", ".hidden.jpg", ".thumbs/c.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(image)
    (tmp_path / "no.jpg").write_text("not an image")
    (tmp_path / "deep" / "cycle").symlink_to(tmp_path)
    found = find_image_files([tmp_path])
    assert set(found.images) == {tmp_path / "a.jpg", tmp_path / "deep" / "er" / "b.dat"}
    assert set(found.images.values()) == {len(image)}
    assert found.skipped == 1
    # A file given by name is not checked here: the client reports what is wrong with it.
    assert set(find_image_files([tmp_path / "no.jpg"]).images) == {tmp_path / "no.jpg"}
