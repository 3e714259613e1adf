variable "name" {
  description = "Name of the cluster."
  type        = string
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts logs and shell sessions."
  type        = string
  nullable    = false
}
