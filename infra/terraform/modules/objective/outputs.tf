output "alarm_arns" {
  description = "ARNs of the alarms that notify."
  value       = [for alarm in aws_cloudwatch_composite_alarm.burn : alarm.arn]
}

output "metrics" {
  description = "CloudWatch metrics that the alarms read."
  value       = var.metrics
}

output "thresholds" {
  description = "Rate of errors in percent above which each window is in alarm."
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.window : name => alarm.threshold }
}

output "fast_alarm" {
  description = "Name of the alarm on the shortest window."
  value       = aws_cloudwatch_metric_alarm.window["fast-short"].alarm_name
}
