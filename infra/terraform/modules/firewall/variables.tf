variable "name" {
  description = "Name of the web ACL."
  type        = string
  nullable    = false
}

variable "requests_per_address" {
  description = "Rate limit: API requests per IP address in 5 minutes."
  type        = number
  nullable    = false

  validation {
    condition     = var.requests_per_address >= 100
    error_message = "The rate limit must be at least 100: one page of images makes that many requests."
  }
}

variable "max_body_bytes" {
  description = "Maximum size of the body of an API request, in bytes."
  type        = number
  nullable    = false

  validation {
    condition     = var.max_body_bytes >= 1024 && floor(var.max_body_bytes) == var.max_body_bytes
    error_message = "The maximum size must be a whole number of at least 1024 bytes."
  }
}

variable "log_retention_days" {
  description = "Log retention in days."
  type        = number
  nullable    = false
}
