variable "name" {
  description = "Name of the budget."
  type        = string
  nullable    = false
}

variable "limit_usd" {
  description = "Monthly limit in US dollars."
  type        = number
  nullable    = false

  validation {
    condition     = var.limit_usd > 0
    error_message = "The limit must be greater than 0."
  }
}

variable "tag" {
  description = "Cost allocation tag to filter by; null includes the whole account."
  type = object({
    name  = string
    value = string
  })
  default = null
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for budget alerts."
  type        = string
  nullable    = false
}
