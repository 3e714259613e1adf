variable "name" {
  description = "Name of the load balancer, at most 32 characters."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 32
    error_message = "AWS allows 32 characters."
  }
}

variable "vpc_id" {
  description = "Network that it stands in."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets that it stands in."
  type        = list(string)
  nullable    = false
}

variable "port" {
  description = "Port of the tasks."
  type        = number
  nullable    = false
}

variable "target_security_group_id" {
  description = "Security group of the tasks."
  type        = string
  nullable    = false
}

variable "certificate_arn" {
  description = "Certificate for HTTPS; null for plain HTTP, where there is no domain."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete it, whoever asks."
  type        = bool
  nullable    = false
}

variable "access_log" {
  description = "Bucket and prefix that requests are logged to."
  type = object({
    bucket = string
    prefix = string
  })
  nullable = false
}

variable "max_error_percent" {
  description = "Share of failed requests that is worth an alarm."
  type        = number
  default     = 1
  nullable    = false
}

variable "max_p99_seconds" {
  description = "Seconds that one request in a hundred may take without an alarm."
  type        = number
  default     = 1
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}
