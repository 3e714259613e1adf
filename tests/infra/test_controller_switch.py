"""The switch of a service from rolling updates to canary deployments, applied to the emulator."""

import json
import re
import shutil
from pathlib import Path

from infra.conftest import Applied
from infra.terraform import SOURCE, Terraform, clean_environment
from sightline_local.environment import REGION

CONFIGURATION = """
provider "aws" {
  region      = "%(region)s"
  max_retries = 2
}

data "aws_iam_policy_document" "api" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::originals/*"]
  }
}

variable "controller" {
  type = string
}

module "api" {
  source = "./modules/service"

  name                  = "api"
  deployment_controller = var.controller
  image_tag             = "first"
  cluster_name          = "switch"
  repository_url        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api"
  repository_arn        = "arn:aws:ecr:eu-central-1:123456789012:repository/api"
  architecture          = "ARM64"
  cpu                   = 512
  memory                = 1024
  environment           = {}
  policy                = data.aws_iam_policy_document.api.json
  port                  = 8000
  vpc_id                = "%(vpc)s"
  subnet_ids            = %(subnets)s
  target_group_arn      = "%(target_group)s"
  log_retention_days    = 30
  kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/0"
  alerts_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:alerts"

  scaling = {
    minimum  = 2
    maximum  = 4
    requests = {
      per_task_and_minute = 100
      load_balancer       = "app/a/0"
      target_groups       = ["targetgroup/b/0"]
    }
  }
}
"""

#: The end of a step of an apply that concerns one of the services or the handover.
STEP = re.compile(
    r"^module\.api\.(?:aws_ecs_service|terraform_data)\.(\w+)\[0\]: (\w+) complete", re.MULTILINE
)


def test_new_service_exists_before_the_old_one_is_deleted(cloud: str, tmp_path: Path) -> None:
    """The handover waits between the two, and nothing keeps the earlier service."""
    shutil.copytree(SOURCE / "modules" / "service", tmp_path / "modules" / "service")
    shutil.copy(SOURCE / "versions.tf", tmp_path)
    terraform = Terraform(tmp_path, clean_environment(cloud))
    emulator = Applied(terraform, {}, cloud)
    ec2, ecs, elbv2 = (emulator.client(name) for name in ("ec2", "ecs", "elbv2"))
    ecs.create_cluster(clusterName="switch")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"][:2]]
    group = elbv2.create_target_group(
        Name="switch", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    values = {
        "region": REGION,
        "vpc": vpc,
        "subnets": json.dumps(subnets),
        "target_group": group,
    }
    (tmp_path / "main.tf").write_text(CONFIGURATION % values)
    terraform.init()
    try:
        terraform.apply("-var=controller=ECS")
        output = terraform.apply("-var=controller=CODE_DEPLOY")
        assert STEP.findall(output) == [
            ("canary", "Creation"),
            ("handover", "Creation"),
            ("this", "Destruction"),
        ]
        services = ecs.describe_services(cluster="switch", services=["api", "api-canary"])
        active = [
            each["serviceName"] for each in services["services"] if each["status"] == "ACTIVE"
        ]
        assert active == ["api-canary"]
    finally:
        terraform.destroy("-var=controller=CODE_DEPLOY")
        elbv2.delete_target_group(TargetGroupArn=group)
        ecs.delete_cluster(cluster="switch")
