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

variable "pages_topic_arn" {
  description = "ARN of the SNS topic that pages."
  type        = string
  nullable    = false
}

variable "user_alarms" {
  description = "Names of the alarms that mean that users are affected."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.user_alarms) > 0
    error_message = "At least one alarm is required."
  }
}

variable "topics" {
  description = "Names of the SNS topics whose failed deliveries raise an alarm, by role."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "circuits" {
  description = "Parts of an image whose consumers record when a dependency is down."
  type        = set(string)
  default     = ["recognition", "renditions"]
  nullable    = false
}

variable "metrics_namespace" {
  description = "CloudWatch namespace of the metrics of the services."
  type        = string
  nullable    = false
}

variable "webhooks" {
  description = "HTTPS endpoints of paging services, by name. Each must confirm the subscription itself, as PagerDuty and Opsgenie do."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true

  validation {
    condition     = alltrue([for url in values(var.webhooks) : startswith(url, "https://")])
    error_message = "Each webhook must be an HTTPS URL."
  }
}

variable "slack" {
  description = "Slack workspace and channel that receive all alarms; null for none."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null
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
