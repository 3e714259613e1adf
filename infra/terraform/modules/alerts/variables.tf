variable "name" {
  description = "Name prefix of the resources."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}

variable "emails" {
  description = "E-mail addresses that receive alarms; each must confirm the subscription once."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "Each entry must be an e-mail address."
  }
}
