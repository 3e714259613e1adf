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

variable "recognition_usd" {
  description = "Monthly limit for Rekognition in the whole account, in US dollars; null for none."
  type        = number
  default     = null
}

variable "anomaly_usd" {
  description = "Unusual cost above which an alert is sent, in US dollars; null for none. Requires `anomaly_tag`."
  type        = number
  default     = null
}

variable "anomaly_tag" {
  description = "Cost allocation tag whose costs are monitored for anomalies."
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
