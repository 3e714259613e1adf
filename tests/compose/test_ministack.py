"""The stack with MiniStack in place of LocalStack, which keeps images in a volume."""

from pathlib import Path

import pytest

from compose.conftest import ROOT, Composition, User, run
from sightline_local.compose import write_connection
from sightline_local.sample_image import draw_sample

pytestmark = pytest.mark.compose

#: Built here, because the published image cannot be pulled everywhere.
IMAGE = "sightline-test-ministack"


def test_images_outlive_the_containers(tmp_path: Path) -> None:
    dockerfile = str(Path(__file__).with_name("ministack.Dockerfile"))
    run("docker", "build", "--tag", IMAGE, "--file", dockerfile, str(ROOT / "requirements"))
    composition = Composition("sightline-test-ministack", cloud_image=IMAGE)
    composition.compose("build")
    try:
        composition.up()
        user = User(write_connection(tmp_path, composition.api, composition.cognito))
        image_id = user.upload("kept.jpg", draw_sample(size=(700, 500)))
        image = user.wait(image_id)
        assert image["status"] == "ready"
        user.http.close()
        composition.compose("down")
        composition.up()
        # The demo user is created again, and owns the same images.
        user = User(write_connection(tmp_path, composition.api, composition.cognito))
        kept = user.get(image_id)
        assert kept["labels"] == image["labels"]
        assert user.http.get(kept["renditions"]["items"][0]["url"]).status_code == 200
        again = user.upload("new.jpg", draw_sample(size=(710, 500)))
        assert user.wait(again)["status"] == "ready"
        user.http.close()
    except BaseException:
        print(composition.compose("logs", "--no-color", "--tail", "60"))
        raise
    finally:
        composition.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")
