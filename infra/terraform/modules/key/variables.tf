variable "name" {
  description = "Name of the stack; log groups that the key may encrypt have it in theirs."
  type        = string
  nullable    = false
}

variable "deletion_window_days" {
  description = "Days between the order to delete the key and its end, in which the order can be taken back."
  type        = number
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "AWS waits 7 to 30 days."
  }
}
