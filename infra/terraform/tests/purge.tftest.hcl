# The scheduled purge of the trash: on by default, and what its task may do.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment = "dev"
  region      = "eu-central-1"
}

run "daily_by_default" {
  command = plan

  variables {
    image_tag = "first"
  }

  assert {
    condition     = output.purge_schedule == "sightline-dev-purge" && contains(keys(output.repositories), "ops")
    error_message = "The purge and its image must not depend on analytics."
  }

  assert {
    condition     = toset(flatten([for each in data.aws_iam_policy_document.purge.statement : [for action in each.actions : action if !startswith(action, "kms:")]])) == toset(["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions"])
    error_message = "The task must have the permissions of the purge and no others."
  }
}

run "days_of_the_api" {
  command = plan

  variables {
    api = { settings = { SIGHTLINE_TRASH_DAYS = "90" } }
  }

  assert {
    condition     = join(" ", slice(local.purge_command, 4, 8)) == "purge --apply --days 90"
    error_message = "The purge must not delete earlier than the api states."
  }
}

run "off" {
  command = plan

  variables {
    purge = { enabled = false }
  }

  assert {
    condition     = output.purge_schedule == null && length(module.purge) == 0
    error_message = "Without a schedule, there must be no task."
  }
}

run "invalid_schedule" {
  command = plan

  variables {
    purge = { schedule = "daily" }
  }

  expect_failures = [var.purge]
}

run "first_region_only" {
  command = plan

  variables {
    environment = "second"
    region      = "eu-west-1"
    replicated  = true
    replica_of  = "sightline-prod"
  }

  assert {
    condition     = length(module.purge) == 0
    error_message = "The purge must run in the first region only: deletions are replicated."
  }
}

run "schedule" {
  command = plan

  module {
    source = "./modules/scheduled_task"
  }

  variables {
    stack              = "sightline-dev"
    name               = "purge"
    description        = "Deletes expired images."
    command            = ["python", "-m", "sightline_ops", "purge", "--apply"]
    settings           = { AWS_REGION = "eu-central-1" }
    policy             = "{}"
    image              = { repository_url = "registry/ops", repository_arn = "arn:aws:ecr:eu-central-1:123456789012:repository/ops", tag = "first" }
    architecture       = "ARM64"
    cpu                = 512
    memory             = 1024
    cluster_name       = "sightline-dev"
    schedule           = "cron(0 4 * * ? *)"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    completion_pattern = "\"done\""
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"

    network = {
      vpc_id                      = "vpc-00000000"
      subnet_ids                  = ["subnet-00000000"]
      public_ip                   = false
      endpoint_security_group_ids = []
      gateway_prefix_list_ids     = {}
      internet                    = true
    }
  }

  assert {
    condition     = aws_scheduler_schedule.this.state == "ENABLED" && aws_scheduler_schedule.this.flexible_time_window[0].maximum_window_in_minutes == 30
    error_message = "With an image, the schedule must be enabled, with a flexible time window."
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_retry_attempts == 3 && aws_scheduler_schedule.this.target[0].retry_policy[0].maximum_event_age_in_seconds == 3600
    error_message = "Attempts to start the task must be bounded."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.missed[0].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.missed[0].metric_name == aws_cloudwatch_log_metric_filter.this.metric_transformation[0].name
    error_message = "A task that never runs must raise the alarm."
  }
}

run "unsupported_size" {
  command = plan

  module {
    source = "./modules/scheduled_task"
  }

  variables {
    stack              = "sightline-dev"
    name               = "purge"
    description        = "Deletes expired images."
    command            = ["true"]
    settings           = {}
    policy             = "{}"
    image              = { repository_url = "registry/ops", repository_arn = "arn:aws:ecr:eu-central-1:123456789012:repository/ops" }
    architecture       = "ARM64"
    cpu                = 512
    memory             = 512
    cluster_name       = "sightline-dev"
    schedule           = "rate(1 day)"
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    completion_pattern = "\"done\""
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"

    network = {
      vpc_id                      = "vpc-00000000"
      subnet_ids                  = ["subnet-00000000"]
      public_ip                   = false
      endpoint_security_group_ids = []
      gateway_prefix_list_ids     = {}
      internet                    = true
    }
  }

  expect_failures = [var.memory]
}
