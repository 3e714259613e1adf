variable "name" {
  description = "Name of the queue; the dead-letter queue has the same name with the suffix `-dead`."
  type        = string
  nullable    = false
}

variable "backlog" {
  description = "Whether the consumer has a second queue, with the suffix `-backlog`, to which it moves messages of owners that exceed their share."
  type        = bool
  default     = false
  nullable    = false
}

variable "topic_arn" {
  description = "ARN of the SNS topic that the queue subscribes to."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for messages."
  type        = string
  nullable    = false
}

variable "visibility_seconds" {
  description = "Visibility timeout of a received message, in seconds; consumers extend it while they work."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.visibility_seconds >= 30 && var.visibility_seconds <= 43200
    error_message = "The visibility timeout must be 30 to 43,200 seconds (12 hours)."
  }
}

variable "retention_seconds" {
  description = "Message retention period in seconds."
  type        = number
  default     = 345600
  nullable    = false

  validation {
    condition     = var.retention_seconds >= 60 && var.retention_seconds <= 1209600
    error_message = "The retention period must be 60 to 1,209,600 seconds (14 days)."
  }
}

variable "max_receives" {
  description = "Receive count after which a message is moved to the dead-letter queue."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_receives >= 4 && var.max_receives <= 100
    error_message = "The receive count must be 4 to 100: consumers use the last two deliveries to record a failure."
  }
}

variable "max_age_seconds" {
  description = "Age of the oldest message above which an alarm is raised, in seconds."
  type        = number
  default     = 300
  nullable    = false
}

variable "backlog_max_age_seconds" {
  description = "Age of the oldest message in the backlog queue above which an alarm is raised, in seconds. By default six hours, after which the reservation of an upload lapses."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = var.backlog_max_age_seconds > 0 && var.backlog_max_age_seconds < var.retention_seconds
    error_message = "The alarm must be raised before SQS deletes the message."
  }
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}
