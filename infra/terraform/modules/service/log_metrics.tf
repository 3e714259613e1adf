# Counts log lines as they arrive. Unlike the metrics of an idle queue, these have no delay.
resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = var.log_metrics

  name           = "${local.full_name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = each.value

  metric_transformation {
    namespace     = var.cluster_name
    name          = each.key
    value         = "1"
    default_value = "0"
  }
}
