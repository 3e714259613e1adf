output "workgroup" {
  description = "Name of the Athena workgroup."
  value       = aws_athena_workgroup.this.name
}

output "database" {
  description = "Name of the Glue database."
  value       = aws_glue_catalog_database.this.name
}

output "analyst_policy_arn" {
  description = "ARN of the IAM policy for people who query the view."
  value       = aws_iam_policy.analyst.arn
}

output "settings" {
  description = "Environment variables of the task, without secrets."
  value       = local.settings
}
