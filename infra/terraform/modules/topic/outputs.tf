output "arn" {
  description = "ARN of the topic; available after its policy is attached, because S3 tests its permission immediately."
  value       = aws_sns_topic_policy.this.arn
}

output "name" {
  description = "Name of the topic."
  value       = aws_sns_topic.this.name
}
