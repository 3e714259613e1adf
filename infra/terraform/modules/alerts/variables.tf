variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}

variable "emails" {
  description = "Who is told by e-mail; each has to confirm once."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "Each must be an e-mail address."
  }
}
