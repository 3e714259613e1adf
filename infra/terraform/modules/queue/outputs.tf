output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue."
  value       = aws_sqs_queue.dead.url
}

output "dead_letter_queue_name" {
  description = "Name of the dead-letter queue."
  value       = aws_sqs_queue.dead.name
}

output "age_alarm" {
  description = "Name of the alarm on the age of the oldest message."
  value       = aws_cloudwatch_metric_alarm.age.alarm_name
}

output "backlog" {
  description = "Name, URL and ARN of the backlog queue; null if there is none."
  value       = one([for queue in aws_sqs_queue.backlog : { name = queue.name, url = queue.url, arn = queue.arn }])
}
