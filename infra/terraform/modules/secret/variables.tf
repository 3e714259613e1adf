variable "name" {
  description = "Name of the secret."
  type        = string
  nullable    = false
}

variable "description" {
  description = "Purpose of the secret."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the secret."
  type        = string
  nullable    = false
}

variable "recovery_days" {
  description = "Recovery window of a deleted secret in days: 7 to 30, or 0 for immediate deletion."
  type        = number
  nullable    = false

  validation {
    condition     = var.recovery_days == 0 || (var.recovery_days >= 7 && var.recovery_days <= 30)
    error_message = "The recovery window must be 0 or 7 to 30 days."
  }
}

variable "value" {
  description = "Value of the secret; required only when the version changes."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "value_version" {
  description = "Version of the value; increase it when the value changes."
  type        = number
  nullable    = false
}
