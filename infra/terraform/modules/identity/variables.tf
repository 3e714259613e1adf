variable "name" {
  description = "Name of the pool and of its client."
  type        = string
  nullable    = false
}

variable "domain_prefix" {
  description = "First part of the log-in page's host name, unique in the region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$", var.domain_prefix)) && !can(regex("aws|amazon|cognito", var.domain_prefix))
    error_message = "Lower-case letters, digits and hyphens, without the words that Cognito reserves: aws, amazon, cognito."
  }
}

variable "callback_urls" {
  description = "Pages that the log-in page may return to."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://|http://(localhost|127\\.0\\.0\\.1)[:/])", url))])
    error_message = "At least one, by HTTPS; plain HTTP on this machine only."
  }
}

variable "mfa" {
  description = "Second factor by an authenticator application: `OFF`, `OPTIONAL` or `ON`."
  type        = string
  default     = "OPTIONAL"
  nullable    = false

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa)
    error_message = "OFF, OPTIONAL or ON."
  }
}

variable "self_sign_up" {
  description = "Whether people may sign up by themselves."
  type        = bool
  default     = true
  nullable    = false
}

variable "groups" {
  description = "Groups of users: names and descriptions."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether Cognito refuses to delete the pool, whoever asks."
  type        = bool
  nullable    = false
}
