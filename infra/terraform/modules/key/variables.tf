variable "name" {
  description = "Name of the stack. The key can encrypt log groups whose names contain it."
  type        = string
  nullable    = false
}

variable "deletion_window_days" {
  description = "Waiting period before a scheduled key deletion, in days; the deletion can be canceled until then."
  type        = number
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "The waiting period must be 7 to 30 days."
  }
}
