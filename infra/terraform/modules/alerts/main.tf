# Notifications, and the alarms that concern more than one part of the stack. All alarms go to the topic for
# alarms, which sends e-mail. Only the alarm that users are affected pages, through webhooks.

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = var.topic_arn
  protocol  = "email"
  endpoint  = each.key
}

# Paging services confirm the subscription themselves.
resource "aws_sns_topic_subscription" "webhook" {
  for_each = nonsensitive(toset(keys(var.webhooks)))

  topic_arn              = var.pages_topic_arn
  protocol               = "https"
  endpoint               = var.webhooks[each.key]
  endpoint_auto_confirms = true
}

# A symptom instead of causes: requests fail, no healthy task serves them, or uploaded images are not processed.
resource "aws_cloudwatch_composite_alarm" "users_affected" {
  alarm_name        = "${var.name}-users-affected"
  alarm_description = "Users are affected: requests fail, or images are not processed in time. The alarms that caused this name the part of the stack; docs/operations.md describes what to do."
  alarm_rule        = join(" OR ", [for name in var.user_alarms : "ALARM(\"${name}\")"])
  alarm_actions     = [var.topic_arn, var.pages_topic_arn]
  ok_actions        = [var.topic_arn, var.pages_topic_arn]
}

# Rekognition throttling. The first symptom is a longer processing time of images.
resource "aws_cloudwatch_metric_alarm" "recognition_throttled" {
  alarm_name          = "${var.name}-recognition-throttled"
  alarm_description   = "Rekognition has throttled this account for 5 minutes. Request a higher quota, or lower the maximum number of workers."
  namespace           = "AWS/Rekognition"
  metric_name         = "ThrottledCount"
  dimensions          = { Operation = "DetectLabels" }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "circuit_open" {
  for_each = var.circuits

  alarm_name          = "${var.name}-${each.key}-circuit-open"
  alarm_description   = "DynamoDB, S3, SNS or Rekognition does not respond to the consumer of ${each.key}, or denies its calls. The images wait, and none fails. The log says which error it is."
  namespace           = var.metrics_namespace
  metric_name         = "CircuitOpen"
  dimensions          = { Part = each.key }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# SNS retries server errors for days, but no client errors, such as a denied key or a deleted queue: an upload
# whose notification failed is not processed until `reconcile` finds it.
resource "aws_cloudwatch_metric_alarm" "delivery_failed" {
  for_each = var.topics

  alarm_name          = "${var.name}-${each.key}-delivery-failed"
  alarm_description   = "SNS could not deliver messages of the topic ${each.value}. Check the policies and the key of its subscribers. For uploads, run the operations command reconcile afterwards."
  namespace           = "AWS/SNS"
  metric_name         = "NumberOfNotificationsFailed"
  dimensions          = { TopicName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
