# Alarms on CloudFront, whose metrics are in us-east-1. Alarms notify topics in their own region only.

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "PublisherCloudwatch"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic" "this" {
  # checkov:skip=CKV_AWS_26:The stack's KMS key is in another region, and alarms cannot use the key of SNS; alarms contain no data of users.
  name = "${var.name}-edge-alerts"
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}

resource "aws_sns_topic_subscription" "webhook" {
  for_each = nonsensitive(toset(keys(var.webhooks)))

  topic_arn              = aws_sns_topic.this.arn
  protocol               = "https"
  endpoint               = var.webhooks[each.key]
  endpoint_auto_confirms = true
}

# Includes requests that never reach the load balancer: it is unavailable, or the VPC origin is broken.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${var.name}-edge-errors"
  alarm_description   = "CloudFront answered more than ${var.max_error_percent}% of requests with 5xx. If the alarm ${var.name}-api-errors is quiet, the requests do not reach the load balancer."
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_error_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  metric_query {
    id    = "percent"
    label = "Error rate (percent)"
    # Ignores minutes with few requests, in which one failure would exceed the threshold.
    expression  = "IF(requests >= 20, errors, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      requests = { name = "Requests", stat = "Sum" }
      errors   = { name = "5xxErrorRate", stat = "Average" }
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/CloudFront"
        metric_name = metric_query.value.name
        stat        = metric_query.value.stat
        period      = 60
        dimensions  = { DistributionId = var.distribution_id, Region = "Global" }
      }
    }
  }
}
