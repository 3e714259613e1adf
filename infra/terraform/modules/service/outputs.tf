output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "security_group_id" {
  description = "Security group of its tasks."
  value       = aws_security_group.this.id
}

output "task_role_arn" {
  description = "What its program acts as."
  value       = aws_iam_role.task.arn
}

output "log_group" {
  description = "Where it logs to."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_definition_arn" {
  description = "What its tasks are made by."
  value       = aws_ecs_task_definition.this.arn
}
