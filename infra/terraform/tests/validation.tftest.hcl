# Variable validation: invalid settings fail at plan time.

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

# One run for many variables, because each run plans the whole stack.
run "independent_settings" {
  command = plan

  variables {
    project            = "Sight_line"
    environment        = "production-1"
    region             = "europe"
    image_tag          = "not a tag"
    api                = { settings = { AWS_REGION = "us-east-1" } } # without the prefix SIGHTLINE_
    worker             = { memory = 1024 }                           # insufficient to decode
    resizer            = { memory = 1024 }
    notifier           = { settings = { AWS_REGION = "us-east-1" } }
    task_environment   = { SIGHTLINE_LOG_LEVEL = "DEBUG" } # belongs to a service
    schedule           = { start = "0 8 * * *" }
    cors_origins       = ["*"]
    log_retention_days = 31
    log_level          = "LOUD"
    email              = { sender = "no-reply@photos.example.com" } # without a domain
    tracing            = { repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/collector", version = "latest" }
  }

  expect_failures = [
    var.project,
    var.environment,
    var.region,
    var.image_tag,
    var.api,
    var.worker,
    var.resizer,
    var.notifier,
    var.task_environment,
    var.schedule,
    var.cors_origins,
    var.log_retention_days,
    var.log_level,
    var.email,
    var.tracing,
  ]
}

run "event_bus_without_a_notifier" {
  command = plan

  variables {
    notifier  = { enabled = false }
    event_bus = true
  }

  expect_failures = [var.event_bus]
}

run "other_domains_and_credentials" {
  command = plan

  variables {
    domain           = "photos.example.com"
    hosted_zone      = "example.org"
    email            = { sender = "no-reply@example.net" }
    task_environment = { AWS_ACCESS_KEY_ID = "AKIAEXAMPLE" }
  }

  expect_failures = [var.hosted_zone, var.email, var.task_environment]
}

run "tasks_without_egress" {
  command = plan

  variables {
    interface_endpoints = false
    # The default image is in a public registry.
    tracing = {}
  }

  expect_failures = [var.interface_endpoints, var.tracing]
}

run "public_tasks_with_interface_endpoints" {
  command = plan

  variables {
    public_tasks = true
    tracing      = { sample_ratio = 10 }
  }

  expect_failures = [var.interface_endpoints, var.tracing]
}

run "zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    name               = "sightline-dev"
    cidr               = "10.20.0.0/24"
    zones              = 4
    endpoint_zones     = 0
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
  }

  expect_failures = [var.cidr, var.zones, var.endpoint_zones]
}

run "more_nat_gateways_than_zones" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    name               = "sightline-dev"
    cidr               = "10.20.0.0/16"
    zones              = 2
    nat_gateways       = 3
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
  }

  expect_failures = [var.nat_gateways]
}

run "task_sizes" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "repository"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    architecture       = "RISCV"
    cpu                = 256
    memory             = 4096
    stop_seconds       = 121
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 3, maximum = 2 }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  expect_failures = [var.architecture, var.memory, var.stop_seconds, var.scaling]
}

# Fargate offers only some sizes of memory for each number of CPU units.

run "memory_between_fargate_sizes" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    cpu                = 512
    memory             = 1792
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "repository"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    architecture       = "ARM64"
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 1, maximum = 2, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  expect_failures = [var.memory]
}

run "memory_between_large_fargate_sizes" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    cpu                = 8192
    memory             = 18432
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "repository"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    architecture       = "ARM64"
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 1, maximum = 2, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  expect_failures = [var.memory]
}

run "smallest_fargate_size" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    cpu                = 256
    memory             = 512
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "repository"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    architecture       = "ARM64"
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 1, maximum = 2, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }
}

run "largest_fargate_size" {
  command = plan

  module {
    source = "./modules/service"
  }

  variables {
    cpu                = 16384
    memory             = 122880
    name               = "worker"
    cluster_name       = "sightline-dev"
    repository_url     = "repository"
    repository_arn     = "arn:aws:ecr:eu-central-1:123456789012:repository/worker"
    architecture       = "ARM64"
    environment        = {}
    policy             = "{}"
    port               = 8080
    vpc_id             = "vpc-0"
    subnet_ids         = ["subnet-0"]
    scaling            = { minimum = 1, maximum = 2, backlog = { messages_per_task = 50, queue_name = "queue", request_metric = "ProcessingRequests" } }
    log_retention_days = 30
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }
}

run "queue_limits" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    name               = "queue"
    topic_arn          = "arn:aws:sns:eu-central-1:123456789012:uploads"
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn   = "arn:aws:sns:eu-central-1:123456789012:alerts"
    max_receives       = 3
    visibility_seconds = 10
    retention_seconds  = 1
  }

  expect_failures = [var.max_receives, var.visibility_seconds, var.retention_seconds]
}

run "sign_in" {
  command = plan

  module {
    source = "./modules/identity"
  }

  variables {
    name                = "sightline-dev"
    domain_prefix       = "my-cognito"
    callback_urls       = ["http://photos.example.com"]
    mfa                 = "SOMETIMES"
    deletion_protection = true
  }

  expect_failures = [var.domain_prefix, var.callback_urls, var.mfa]
}
