output "task_definition_arn" {
  description = "ARN of the task definition."
  value       = aws_ecs_task_definition.this.arn
}

output "schedule" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.this.name
}
