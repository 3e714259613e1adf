variable "name" {
  description = "Name of the secret."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What it is for."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts it."
  type        = string
  nullable    = false
}

variable "recovery_days" {
  description = "Days in which a deleted secret can be had back: 7 to 30, or 0 for none."
  type        = number
  nullable    = false

  validation {
    condition     = var.recovery_days == 0 || (var.recovery_days >= 7 && var.recovery_days <= 30)
    error_message = "None, or 7 to 30 days."
  }
}

variable "value" {
  description = "The secret itself; needed only when the version changes."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "value_version" {
  description = "Number that is raised when the value changes."
  type        = number
  nullable    = false
}
