output "url" {
  description = "Address of the queue."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "The queue."
  value       = aws_sqs_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "dead_url" {
  description = "Address of the queue of what was set aside."
  value       = aws_sqs_queue.dead.url
}

output "dead_name" {
  description = "Name of the queue of what was set aside."
  value       = aws_sqs_queue.dead.name
}
