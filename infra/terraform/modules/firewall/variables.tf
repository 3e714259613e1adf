variable "name" {
  description = "Name of the firewall."
  type        = string
  nullable    = false
}

variable "requests_per_address" {
  description = "Requests of one address in five minutes, beyond which it has to wait."
  type        = number
  nullable    = false

  validation {
    condition     = var.requests_per_address >= 100
    error_message = "At least 100: a single page of pictures takes that many."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  nullable    = false
}
