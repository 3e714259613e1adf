# Deployments of the api: rolling updates, or canary deployments by CodeDeploy.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment             = "dev"
  region                  = "eu-central-1"
  image_tag               = "abc"
  url_signing_private_key = "not used"
}

run "rolling_by_default" {
  command = plan

  assert {
    condition     = output.canary == null && length(module.canary) == 0
    error_message = "Without the setting, the api must be replaced by rolling updates."
  }
}

run "no_canary_before_the_first_image" {
  command = plan

  variables {
    api_deployment = "ECSCanary10Percent5Minutes"
    image_tag      = null
  }

  assert {
    condition     = length(module.canary) == 0 && !module.api.uses_codedeploy
    error_message = "Before the first image, there are no tasks that a deployment could compare with."
  }
}

run "unknown_configuration" {
  command = plan

  variables {
    api_deployment = "CodeDeployDefault.ECSCanary10Percent5Minutes"
  }

  expect_failures = [var.api_deployment]
}

run "service_of_codedeploy" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    name                  = "api"
    deployment_controller = "CODE_DEPLOY"
    cluster_name          = "sightline-dev"
    repository_url        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/api"
    repository_arn        = "arn:aws:ecr:eu-central-1:123456789012:repository/api"
    architecture          = "ARM64"
    cpu                   = 512
    memory                = 1024
    environment           = {}
    policy                = "{}"
    port                  = 8000
    vpc_id                = "vpc-0"
    subnet_ids            = ["subnet-0"]
    target_group_arn      = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/name/0123456789abcdef"
    log_retention_days    = 30
    kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:alerts"

    scaling = {
      minimum  = 2
      maximum  = 4
      requests = { per_task_and_minute = 100, load_balancer = "app/a/0", target_groups = ["targetgroup/b/0", "targetgroup/c/0"] }
    }
  }

  # Both services exist while one replaces the other.
  assert {
    condition     = length(aws_ecs_service.this) == 0 && aws_ecs_service.canary[0].name != var.name
    error_message = "The service of CodeDeploy must not have the name of the rolling one."
  }

  # ECS rejects these with the controller CODE_DEPLOY.
  assert {
    condition     = length(aws_ecs_service.canary[0].deployment_circuit_breaker) == 0 && aws_ecs_service.canary[0].force_new_deployment != true
    error_message = "Neither a circuit breaker nor a forced deployment may be set."
  }

  assert {
    condition = toset([
      for metric in one(one(aws_appautoscaling_policy.requests[0].target_tracking_scaling_policy_configuration).customized_metric_specification).metrics :
      one([for dimension in one(one(metric.metric_stat).metric).dimensions : dimension.value if dimension.name == "TargetGroup"])
      if length(metric.metric_stat) == 1
    ]) == toset(["targetgroup/b/0", "targetgroup/c/0"])
    error_message = "The service must scale by the requests of both target groups: a deployment moves the traffic to the other one."
  }
}
