# One build project per step. The pipeline passes the environment, so all environments run the same steps.

locals {
  projects = {
    gate = {
      description = "Checks and tests the source."
      size        = "BUILD_GENERAL1_LARGE"
      minutes     = 60
      role        = "gate"
      variables   = {}
    }
    release = {
      description = "Builds the container images and the web application, and scans the images."
      size        = "BUILD_GENERAL1_MEDIUM"
      minutes     = 60
      role        = "release"
      variables   = { PYTHON_IMAGE = var.base_image }
    }
    plan = {
      description = "Plans the changes of an environment."
      size        = "BUILD_GENERAL1_SMALL"
      minutes     = 30
      role        = "plan"
      variables   = { ROLE_ARN = local.bootstrap.plan_role }
    }
    apply = {
      description = "Applies the plan of an environment and awaits the rollout."
      size        = "BUILD_GENERAL1_SMALL"
      minutes     = 120
      role        = "apply"
      variables   = { ROLE_ARN = local.bootstrap.deploy_role }
    }
    smoke = {
      description = "Checks an environment from outside."
      size        = "BUILD_GENERAL1_SMALL"
      minutes     = 15
      role        = "smoke"
      variables   = {}
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:The retention is a setting, 30 days by default; the pipeline keeps its history for 12 months.
  for_each = local.projects

  name              = "/aws/codebuild/${local.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = module.key.arn
}

resource "aws_codebuild_project" "this" {
  # checkov:skip=CKV_AWS_316:Only the build of container images is privileged, because it runs a Docker daemon.
  for_each = local.projects

  name           = "${local.name}-${each.key}"
  description    = each.value.description
  service_role   = aws_iam_role.this[each.value.role].arn
  encryption_key = module.key.arn
  build_timeout  = each.value.minutes
  queued_timeout = 60

  environment {
    type            = "ARM_CONTAINER"
    image           = var.build_image
    compute_type    = each.value.size
    privileged_mode = each.key == "release"

    dynamic "environment_variable" {
      for_each = merge({ PROJECT = var.project }, each.value.variables)

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  source {
    type      = "CODEPIPELINE"
    buildspec = file("${path.module}/buildspecs/${each.key}.yml")
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.this[each.key].name
    }
  }
}
