# Missing tasks: they crash, lack capacity, or never become healthy. Every running task reports one sample of
# its CPU utilization a minute; without any task there is no data, which also breaches the threshold.
resource "aws_cloudwatch_metric_alarm" "missing" {
  # A service that rests at zero may have no task, permanently or outside its schedule.
  count = local.minimum > 0 && var.scaling.schedule == null ? 1 : 0

  alarm_name          = "${local.full_name}-tasks-missing"
  alarm_description   = "Fewer than ${local.minimum} tasks of ${local.full_name} have run for 10 minutes. See the events of the service and the log group /${var.cluster_name}/${var.name}."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = { ClusterName = var.cluster_name, ServiceName = local.existing_service_name }
  statistic           = "SampleCount"
  period              = 60
  evaluation_periods  = 10
  comparison_operator = "LessThanThreshold"
  threshold           = local.minimum
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]
}
