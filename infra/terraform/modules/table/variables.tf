variable "name" {
  description = "Name of the table."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts the items."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table, whoever asks."
  type        = bool
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}
