# Data protection: encryption, versioning, deletion protection.

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
    error_message = "Deletion protection of the table must be enabled."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.point_in_time_recovery).enabled
    error_message = "Point-in-time recovery of the table must be enabled."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.server_side_encryption).kms_key_arn == var.kms_key_arn
    error_message = "The table must be encrypted with the stack's KMS key."
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl).attribute_name == "expires_at"
    error_message = "The TTL attribute must be expires_at."
  }

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table must use on-demand capacity."
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
    error_message = "All public access must be blocked."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "Objects must be encrypted with the stack's KMS key."
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "S3 must refuse to delete a bucket that is not empty."
  }

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "Versioning must be enabled, to restore deleted originals."
  }

  assert {
    condition     = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.abort_incomplete_multipart_upload) > 0])
    error_message = "Incomplete uploads must be aborted."
  }

  assert {
    condition     = length(aws_s3_bucket_cors_configuration.this) == 0
    error_message = "A bucket without upload origins must not have CORS rules."
  }

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.this.statement :
      statement.effect == "Deny" && anytrue([for condition in statement.condition : condition.variable == "aws:SecureTransport"])
    ])
    error_message = "Requests without TLS must be denied."
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
    error_message = "Key rotation must be enabled."
  }

  assert {
    condition = alltrue([
      for statement in data.aws_iam_policy_document.this.statement :
      length(statement.condition) > 0 || contains(["EnableIamPolicies", "Uploads"], statement.sid)
    ])
    error_message = "AWS services must use the key on behalf of this account only."
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
    callback_urls       = ["https://photos.example.com"]
    deletion_protection = true
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "Deletion protection of the user pool must be enabled."
  }

  assert {
    condition     = !aws_cognito_user_pool_client.this.generate_secret && aws_cognito_user_pool_client.this.allowed_oauth_flows == toset(["code"])
    error_message = "The client must be public: no secret, and only the authorization code flow."
  }

  assert {
    condition     = !contains(aws_cognito_user_pool_client.this.explicit_auth_flows, "ALLOW_USER_PASSWORD_AUTH")
    error_message = "The password flow must be disabled: clients use SRP."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
    error_message = "Error messages must not disclose which accounts exist."
  }
}

run "queue" {
  command = apply

  module {
    source = "./modules/queue"
  }

  variables {
    name             = "sightline-prod-recognition"
    backlog          = true
    topic_arn        = "arn:aws:sns:eu-central-1:123456789012:uploads"
    kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/0"
    alerts_topic_arn = "arn:aws:sns:eu-central-1:123456789012:alerts"
  }

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.kms_key_arn && aws_sqs_queue.dead.kms_master_key_id == var.kms_key_arn
    error_message = "Messages must be encrypted with the stack's KMS key."
  }

  assert {
    condition     = aws_sqs_queue.dead.message_retention_seconds > aws_sqs_queue.this.message_retention_seconds
    error_message = "The retention of the dead-letter queue must be longer: it counts from the first delivery to the source queue."
  }

  assert {
    condition     = aws_sns_topic_subscription.this.raw_message_delivery
    error_message = "Consumers must receive the S3 event without the SNS envelope."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.dead.redrive_allow_policy).redrivePermission == "byQueue"
    error_message = "Only the source queue may use the dead-letter queue."
  }

  assert {
    condition     = contains(aws_cloudwatch_metric_alarm.dead.alarm_actions, var.alerts_topic_arn) && aws_cloudwatch_metric_alarm.dead.threshold == 0
    error_message = "A single dead-lettered message must raise an alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.backlog_age[0].dimensions.QueueName == aws_sqs_queue.backlog[0].name && aws_cloudwatch_metric_alarm.backlog_age[0].threshold < aws_sqs_queue.backlog[0].message_retention_seconds
    error_message = "An old message in the backlog must raise an alarm before SQS deletes it."
  }
}

run "security_headers" {
  command = plan

  module {
    source = "./modules/distribution"
  }

  variables {
    name                   = "sightline-prod"
    web_domain_name        = "web.s3.eu-central-1.amazonaws.com"
    renditions_domain_name = "renditions.s3.eu-central-1.amazonaws.com"
    access_log             = { bucket_arn = "arn:aws:s3:::logs", prefix = "edge" }

    api = {
      load_balancer_arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/sightline-prod/0"
      domain_name       = "internal-sightline-prod-0.eu-central-1.elb.amazonaws.com"
      paths             = ["/v1/*"]
    }
  }

  assert {
    condition = alltrue([
      for policy in aws_cloudfront_response_headers_policy.this :
      strcontains(policy.security_headers_config[0].content_security_policy[0].content_security_policy, "frame-ancestors 'none'") &&
      policy.security_headers_config[0].content_type_options[0].override
    ])
    error_message = "No response may be framed, or have its type guessed."
  }

  assert {
    condition     = !aws_cloudfront_response_headers_policy.this["data"].security_headers_config[0].content_security_policy[0].override
    error_message = "The API sets a Content Security Policy of its own."
  }
}
