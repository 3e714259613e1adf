# What keeps data from being lost or read: encryption, versions, protection against deletion.

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
}

run "protected_by_default" {
  command = plan

  assert {
    condition     = output.protected
    error_message = "A stack is protected unless somebody says otherwise."
  }

  assert {
    condition     = alltrue([for bucket in output.buckets : strcontains(bucket, "sightline-prod-")])
    error_message = "Names carry project and environment."
  }
}

run "thrown_away_where_asked" {
  command = plan

  variables {
    protect_data = false
  }

  assert {
    condition     = !output.protected
    error_message = "A stack to throw away is not protected."
  }
}

run "table" {
  command = apply

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
    condition     = aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The table is protected against deletion."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.point_in_time_recovery).enabled
    error_message = "The table can be had back as it was at any second."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.server_side_encryption).kms_key_arn == var.kms_key_arn
    error_message = "The table is encrypted with the stack's own key."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl).attribute_name == "expires_at"
    error_message = "Rows expire by expires_at."
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "A table that rests costs nothing."
  }
}

run "bucket" {
  command = apply

  module {
    source = "./modules/bucket"
  }

  variables {
    name          = "sightline-prod-originals"
    kms_key_arn   = "arn:aws:kms:eu-central-1:123456789012:key/0"
    force_destroy = false
    versioned     = true
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "Nothing in a bucket is ever public."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "Objects are encrypted with the stack's own key."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "S3 refuses to delete a bucket with something in it."
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "A deleted original can be had back."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.abort_incomplete_multipart_upload) > 0])
    error_message = "Uploads that broke off do not stay."
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0
    error_message = "No page may post to a bucket that takes no uploads."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.this.statement :
      statement.effect == "Deny" && anytrue([for condition in statement.condition : condition.variable == "aws:SecureTransport"])
    ])
    error_message = "Whoever comes without TLS is refused."
  }
}

run "key" {
  command = apply

  module {
    source = "./modules/key"
  }

  variables {
    name                 = "sightline-prod"
    deletion_window_days = 30
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "The key is renewed every year."
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.this.statement :
      length(statement.condition) > 0 || contains(["GovernedByIam", "Uploads"], statement.sid)
    ])
    error_message = "AWS's services use the key on behalf of this account alone."
  }
}

run "identity" {
  command = apply

  module {
    source = "./modules/identity"
  }

  variables {
    name                = "sightline-prod"
    domain_prefix       = "sightline-prod-123456789012"
    callback_urls       = ["https://pictures.example.com"]
    deletion_protection = true
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The pool is protected against deletion."
  }

  assert {
    condition     = !aws_cognito_user_pool_client.this.generate_secret && aws_cognito_user_pool_client.this.allowed_oauth_flows == toset(["code"])
    error_message = "A public client: no secret, and the code flow only."
  }

  assert {
    condition     = !contains(aws_cognito_user_pool_client.this.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH")
    error_message = "Passwords are proved and never sent."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
    error_message = "Nobody finds out who has an account."
  }
}

run "queue" {
  command = apply

  module {
    source = "./modules/queue"
  }

  variables {
    name             = "sightline-prod-recognition"
    topic_arn        = "arn:aws:sns:eu-central-1:123456789012:uploads"
    kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.kms_key_arn && aws_sqs_queue.dead.kms_master_key_id == var.kms_key_arn
    error_message = "Messages are encrypted with the stack's own key."
  }

  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds > aws_sqs_queue.this.message_retention_seconds
    error_message = "What was set aside outlives what waits: its time counts from the first arrival."
  }

  assert {
    condition     = aws_sns_topic_subscription.this.raw_message_delivery
    error_message = "Consumers read S3's own document."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead.redrive_allow_policy).redrivePermission == "byQueue"
    error_message = "Only its own queue sets messages aside there."
  }

  assert {
    condition     = contains(aws_cloudwatch_metric_alarm.dead.alarm_actions, var.alerts_topic_arn) && aws_cloudwatch_metric_alarm.dead.threshold == 0
    error_message = "One message that was set aside is an alarm."
  }
}
