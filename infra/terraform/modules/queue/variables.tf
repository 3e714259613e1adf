variable "name" {
  description = "Name of the queue; what is set aside goes to the same name with `-dead`."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "Topic that feeds the queue."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts the messages."
  type        = string
  nullable    = false
}

variable "visibility_seconds" {
  description = "Seconds for which a received message is hidden; consumers extend it while they work."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.visibility_seconds >= 30 && var.visibility_seconds <= 43200
    error_message = "30 seconds to twelve hours."
  }
}

variable "retention_seconds" {
  description = "Seconds for which messages wait before SQS forgets them."
  type        = number
  default     = 345600
  nullable    = false

  validation {
    condition     = var.retention_seconds >= 60 && var.retention_seconds <= 1209600
    error_message = "One minute to fourteen days."
  }
}

variable "max_receives" {
  description = "Deliveries of one message before it is set aside."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_receives >= 4 && var.max_receives <= 100
    error_message = "Four to 100 deliveries: the last two are for giving up."
  }
}

variable "max_age_seconds" {
  description = "Age of the oldest message that is worth an alarm."
  type        = number
  default     = 300
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}
