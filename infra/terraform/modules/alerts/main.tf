resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = var.topic_arn
  protocol  = "email"
  endpoint  = each.key
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
