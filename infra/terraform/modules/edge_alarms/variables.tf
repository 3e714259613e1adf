variable "name" {
  description = "Name prefix of the resources."
  type        = string
  nullable    = false
}

variable "distribution_id" {
  description = "ID of the CloudFront distribution."
  type        = string
  nullable    = false
}

variable "max_error_percent" {
  description = "Share of failed requests above which the alarm is raised, in percent."
  type        = number
  default     = 5
  nullable    = false
}

variable "emails" {
  description = "E-mail addresses that receive the alarms; each must confirm the subscription once."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "webhooks" {
  description = "HTTPS endpoints of paging services, by name."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
}
