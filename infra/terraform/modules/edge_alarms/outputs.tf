output "topic_arn" {
  description = "ARN of the SNS topic for alarms in us-east-1."
  value       = aws_sns_topic.this.arn
}
