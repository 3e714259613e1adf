resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57:A key pair cannot be rotated by Secrets Manager alone; an apply replaces both keys.
  name                    = var.name
  description             = var.description
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days
}

# Write-only argument: the value is neither in the state nor in a plan. It is written only when the
# version changes, but the provider requires a value in every run.
resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = coalesce(var.value, "missing: apply again with the value and a new version")
  secret_string_wo_version = var.value_version
}
