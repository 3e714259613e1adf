variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for items."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether deletion protection of the table is enabled."
  type        = bool
  nullable    = false
}

variable "replicated" {
  description = "Whether the table may have replicas in other regions."
  type        = bool
  default     = false
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}
