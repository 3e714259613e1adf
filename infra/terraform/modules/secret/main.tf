resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57:A key pair has two halves; it is replaced by an apply with the new halves, not by one side alone.
  name                    = var.name
  description             = var.description
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days
}

# Write-only: the value is neither in the state nor in a plan. It is written when the version changes,
# and is needed at no other time; but the provider wants to see something every time.
resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = coalesce(var.value, "missing: apply again with the value and a new version")
  secret_string_wo_version = var.value_version
}
