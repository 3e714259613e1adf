variable "name" {
  description = "Name of the ECS cluster."
  type        = string
  nullable    = false
}

variable "container_insights" {
  description = "Whether ECS records metrics per task."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Log retention in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for logs and ECS Exec sessions."
  type        = string
  nullable    = false
}
