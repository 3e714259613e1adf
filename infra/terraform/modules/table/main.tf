locals {
  # An upload, and the summaries of it and of its parts: details, labels and renditions.
  summary_attributes = ["albums", "deleted_at", "expires_at", "sd", "sl", "sr", "su"]
}

resource "aws_dynamodb_table" "this" {
  name                        = var.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "timeline"
    type = "S"
  }

  attribute {
    name = "image_id"
    type = "S"
  }

  # Sparse: the images in the timeline of their owner. It projects what lists show.
  global_secondary_index {
    name               = "timeline"
    hash_key           = "pk"
    range_key          = "timeline"
    projection_type    = "INCLUDE"
    non_key_attributes = local.summary_attributes
  }

  # The images of an owner by id, and so by the time of upload.
  global_secondary_index {
    name               = "uploads"
    hash_key           = "pk"
    range_key          = "image_id"
    projection_type    = "INCLUDE"
    non_key_attributes = local.summary_attributes
  }

  ttl {
    enabled        = true
    attribute_name = "expires_at"
  }

  # A global table replicates by its stream.
  stream_enabled   = var.replicated
  stream_view_type = var.replicated ? "NEW_AND_OLD_IMAGES" : null

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    # Replicas are resources of their own, in the standby configuration.
    ignore_changes = [replica]
  }
}

resource "aws_cloudwatch_metric_alarm" "throttled" {
  for_each = toset(["ReadThrottleEvents", "WriteThrottleEvents"])

  alarm_name          = "${var.name}-table-${lower(trimsuffix(each.key, "ThrottleEvents"))}-throttled"
  alarm_description   = "DynamoDB has throttled requests to ${var.name}: one owner's partition is hot, or the account quota is reached."
  namespace           = "AWS/DynamoDB"
  metric_name         = each.key
  dimensions          = { TableName = aws_dynamodb_table.this.name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
