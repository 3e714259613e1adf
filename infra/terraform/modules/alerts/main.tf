resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = var.topic_arn
  protocol  = "email"
  endpoint  = each.key
}

# What Rekognition's own limit holds back. The first sign is that pictures take longer.
resource "aws_cloudwatch_metric_alarm" "recognition_throttled" {
  alarm_name          = "${var.name}-recognition-throttled"
  alarm_description   = "Rekognition held calls of this account back for five minutes: ask AWS for a higher rate, or let fewer workers run."
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
