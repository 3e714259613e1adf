# A stack whose data is replicated, and the stack in the second region that uses the replicas.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment = "prod"
  region      = "eu-central-1"
  replicated  = true
}

run "first_stack" {
  command = plan

  assert {
    condition     = length(module.table) == 1 && output.replicated && output.settings.worker.SIGHTLINE_REPLICATED == "true"
    error_message = "The first stack must create the table, and its services must know of the replication."
  }
}

run "second_stack" {
  command = plan

  variables {
    environment = "second"
    region      = "eu-west-1"
    replica_of  = "sightline-prod"
  }

  assert {
    condition     = length(module.table) == 0 && output.table == "sightline-prod"
    error_message = "The second stack must use the replica of the table."
  }

  assert {
    condition     = output.repositories.api == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sightline-prod/api"
    error_message = "The second stack must use the replicated container images."
  }
}

run "replica_without_replication" {
  command = plan

  variables {
    replicated = false
    replica_of = "sightline-prod"
  }

  expect_failures = [var.replica_of]
}

run "replicated_table" {
  command = plan

  module {
    source = "./modules/table"
  }

  variables {
    name                = "sightline-prod"
    kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/0"
    deletion_protection = true
    alerts_topic_arn    = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "A replicated table must have a stream."
  }
}
