# Replication in both directions, the order of the origins, and invalid settings.

mock_provider "aws" {
  alias  = "first"
  source = "../tests/mocks"
}

mock_provider "aws" {
  alias  = "second"
  source = "../tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "../tests/mocks"
}

variables {
  active = "eu-central-1"
  domain = "photos.example.com"

  first = {
    name                = "sightline-prod"
    region              = "eu-central-1"
    table               = "sightline-prod"
    buckets             = { originals = "first-originals", renditions = "first-renditions" }
    kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/1"
    distribution_domain = "d1.cloudfront.net"
  }

  second = {
    name                = "sightline-second"
    region              = "eu-west-1"
    table               = "sightline-prod"
    buckets             = { originals = "second-originals", renditions = "second-renditions" }
    kms_key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/2"
    distribution_domain = "d2.cloudfront.net"
  }
}

run "first_region_is_active" {
  command = apply

  assert {
    condition     = aws_dynamodb_table_replica.this.global_table_arn == "arn:aws:dynamodb:eu-central-1:123456789012:table/sightline-prod"
    error_message = "The replica must belong to the table of the first stack."
  }

  assert {
    condition     = aws_dynamodb_table_replica.this.deletion_protection_enabled && aws_dynamodb_table_replica.this.point_in_time_recovery
    error_message = "The replica must be protected and backed up as the table is."
  }

  assert {
    condition     = aws_cloudfront_distribution.this["front"].ordered_cache_behavior[0].target_origin_id == "eu-central-1"
    error_message = "The API must be served by the active region only."
  }

  assert {
    condition     = join(" ", one(aws_cloudfront_distribution.this["front"].origin_group).member[*].origin_id) == "eu-central-1 eu-west-1"
    error_message = "Reads must fail over from the active to the other region."
  }

  assert {
    condition     = output.url == "https://photos.example.com"
    error_message = "The URL must be that of the domain."
  }
}

run "failover" {
  command = plan

  variables {
    active = "eu-west-1"
  }

  assert {
    condition     = aws_cloudfront_distribution.this["front"].ordered_cache_behavior[0].target_origin_id == "eu-west-1"
    error_message = "After a failover the second region must serve the API."
  }

  assert {
    condition     = join(" ", one(aws_cloudfront_distribution.this["front"].origin_group).member[*].origin_id) == "eu-west-1 eu-central-1"
    error_message = "After a failover reads must go to the second region first."
  }
}

run "without_a_domain" {
  command = plan

  variables {
    domain = null
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this) == 0 && output.url == null
    error_message = "Without a domain, there must be no distribution."
  }
}

run "replication_includes_deletions" {
  command = plan

  module {
    source = "../modules/replication"
  }

  providers = { aws = aws.first }

  variables {
    name         = "sightline-prod-to-eu-west-1"
    bucket_names = { first-originals = "second-originals" }
    source_kms   = { region = "eu-central-1", key_arn = "arn:aws:kms:eu-central-1:123456789012:key/1" }
    target_kms   = { region = "eu-west-1", key_arn = "arn:aws:kms:eu-west-1:123456789012:key/2" }
  }

  assert {
    condition     = alltrue([for each in aws_s3_bucket_replication_configuration.this : each.rule[0].delete_marker_replication[0].status == "Enabled"])
    error_message = "Deletions must be replicated."
  }

  assert {
    condition     = one(aws_s3_bucket_replication_configuration.this["first-originals"].rule[0].destination[0].encryption_configuration).replica_kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/2"
    error_message = "Replicas must be encrypted with the key of their region."
  }
}

run "region_is_unknown" {
  command = plan

  variables {
    active = "us-east-1"
  }

  expect_failures = [var.active]
}

run "stacks_with_different_tables" {
  command = plan

  variables {
    second = {
      name                = "sightline-second"
      region              = "eu-west-1"
      table               = "sightline-second"
      buckets             = { originals = "second-originals", renditions = "second-renditions" }
      kms_key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/2"
      distribution_domain = "d2.cloudfront.net"
    }
  }

  expect_failures = [var.second]
}
