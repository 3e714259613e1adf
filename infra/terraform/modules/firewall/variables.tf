variable "name" {
  description = "Name of the web ACL."
  type        = string
  nullable    = false
}

variable "requests_per_address" {
  description = "Rate limit: requests per IP address in 5 minutes."
  type        = number
  nullable    = false

  validation {
    condition     = var.requests_per_address >= 100
    error_message = "The rate limit must be at least 100: one page of images makes that many requests."
  }
}

variable "log_retention_days" {
  description = "Log retention in days."
  type        = number
  nullable    = false
}
