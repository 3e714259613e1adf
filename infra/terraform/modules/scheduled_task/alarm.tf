# The alarm for a task that does not complete.

locals {
  metric_name = "CompletedRuns"
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  name           = local.full_name
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = var.completion_pattern

  metric_transformation {
    namespace = local.full_name
    name      = local.metric_name
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "missed" {
  count = var.image.tag == null ? 0 : 1

  alarm_name          = "${local.full_name}-missed"
  alarm_description   = "The task ${local.full_name} has not completed for two days. See the log group ${aws_cloudwatch_log_group.this.name}, and docs/operations.md."
  namespace           = local.full_name
  metric_name         = local.metric_name
  statistic           = "Sum"
  period              = 86400
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
