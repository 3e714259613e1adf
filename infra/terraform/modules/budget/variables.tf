variable "name" {
  description = "Name of the budget."
  type        = string
  nullable    = false
}

variable "limit_usd" {
  description = "US dollars a month."
  type        = number
  nullable    = false

  validation {
    condition     = var.limit_usd > 0
    error_message = "A budget is more than nothing."
  }
}

variable "tag" {
  description = "Count only what bears this tag; null for the whole account."
  type = object({
    name  = string
    value = string
  })
  default = null
}

variable "alerts_topic_arn" {
  description = "Topic that is told."
  type        = string
  nullable    = false
}
