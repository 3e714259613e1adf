# Analytics: off by default, and its options.

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

run "off_by_default" {
  command = plan

  assert {
    condition     = output.analytics == null && length(module.analytics) == 0
    error_message = "Without settings, analytics must create nothing."
  }
}

run "retention_below_the_interval_of_refreshes" {
  command = plan

  variables {
    analytics = { retention_days = 1 }
  }

  expect_failures = [var.analytics]
}

run "retention_above_a_month" {
  command = plan

  variables {
    analytics = { retention_days = 31 }
  }

  expect_failures = [var.analytics]
}

run "quicksight" {
  command = plan

  module {
    source = "./modules/analytics"
  }

  variables {
    name                     = "sightline-dev"
    bucket                   = { name = "analytics", arn = "arn:aws:s3:::analytics" }
    table_arn                = "arn:aws:dynamodb:eu-central-1:123456789012:table/sightline-dev"
    key_deletion_window_days = 7
    image                    = { repository_url = "registry/ops", repository_arn = "arn:aws:ecr:eu-central-1:123456789012:repository/ops" }
    architecture             = "ARM64"
    cluster_name             = "sightline-dev"
    log_retention_days       = 30
    kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    alerts_topic_arn         = "arn:aws:sns:eu-central-1:123456789012:alerts"
    quicksight_principal_arn = "arn:aws:quicksight:eu-central-1:123456789012:user/default/analyst"

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
    condition     = toset(keys(aws_quicksight_data_set.this)) == toset(["images", "labels", "usage"])
    error_message = "Each table of the view must be a data set."
  }

  assert {
    condition     = alltrue([for each in aws_quicksight_data_set.this : each.import_mode == "DIRECT_QUERY"])
    error_message = "A data set must not keep a copy of the view."
  }

  assert {
    condition     = aws_scheduler_schedule.this.state == "DISABLED" && length(aws_cloudwatch_metric_alarm.stale) == 0
    error_message = "Without an image, the schedule must be disabled."
  }
}
