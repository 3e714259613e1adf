output "arn" {
  description = "The topic, known once its publishers may publish: S3 tries at once whether it may."
  value       = aws_sns_topic_policy.this.arn
}

output "name" {
  description = "Name of the topic."
  value       = aws_sns_topic.this.name
}
