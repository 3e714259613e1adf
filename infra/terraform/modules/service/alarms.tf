# Missing tasks: they crash, lack capacity, or never become healthy.
resource "aws_cloudwatch_metric_alarm" "missing" {
  alarm_name          = "${local.full_name}-tasks-missing"
  alarm_description   = "Fewer tasks of ${local.full_name} than desired have run for 10 minutes. See the events of the service and the log group /${var.cluster_name}/${var.name}."
  evaluation_periods  = 10
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]

  metric_query {
    id          = "missing"
    label       = "Missing tasks"
    expression  = "desired - running"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { desired = "DesiredTaskCount", running = "RunningTaskCount" }

    content {
      id = metric_query.key

      metric {
        namespace   = "ECS/ContainerInsights"
        metric_name = metric_query.value
        stat        = "Average"
        period      = 60
        dimensions  = { ClusterName = var.cluster_name, ServiceName = aws_ecs_service.this.name }
      }
    }
  }
}
