resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_name          = "${var.name}-dead-not-empty"
  alarm_description   = "The dead-letter queue ${var.name}-dead has messages. docs/operations.md describes how to inspect and redrive them."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.dead.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # SQS reports no metrics for inactive queues.
  treat_missing_data = "notBreaching"
  alarm_actions      = [var.alerts_topic_arn]
  ok_actions         = [var.alerts_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.name}-oldest-message"
  alarm_description   = "The oldest message in ${var.name} is older than ${var.max_age_seconds} seconds: too few tasks are running, or a dependency is slow."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.max_age_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}

# One owner's large import waits here for hours without harm, so this alarm has a higher threshold and does not page.
resource "aws_cloudwatch_metric_alarm" "backlog_age" {
  count = var.backlog ? 1 : 0

  alarm_name          = "${var.name}-backlog-oldest-message"
  alarm_description   = "The oldest message in ${var.name}-backlog is older than ${var.backlog_max_age_seconds} seconds: owners with many images wait for hours."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = aws_sqs_queue.backlog[0].name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.backlog_max_age_seconds
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
