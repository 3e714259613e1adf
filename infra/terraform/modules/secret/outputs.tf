output "arn" {
  description = "ARN of the secret; available after its value is set."
  value       = aws_secretsmanager_secret_version.this.arn
}

output "reference" {
  description = "Reference to the current version of the value, as a task definition contains it."
  value       = "${aws_secretsmanager_secret_version.this.arn}:::${aws_secretsmanager_secret_version.this.version_id}"
}
