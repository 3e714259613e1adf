variable "name" {
  description = "Name of the user pool and of its app client."
  type        = string
  nullable    = false
}

variable "domain_prefix" {
  description = "Domain prefix of the sign-in page, unique in the region."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$", var.domain_prefix)) && !can(regex("aws|amazon|cognito", var.domain_prefix))
    error_message = "The domain prefix must be lowercase letters, digits and hyphens, without the words that Cognito reserves: aws, amazon and cognito."
  }
}

variable "callback_urls" {
  description = "Callback URLs of the sign-in page."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://|http://(localhost|127\\.0\\.0\\.1)[:/])", url))])
    error_message = "Provide at least one callback URL. Each must use HTTPS, or HTTP on localhost or 127.0.0.1."
  }
}

variable "mfa" {
  description = "Multi-factor authentication with an authenticator app: `OFF`, `OPTIONAL` or `ON`."
  type        = string
  default     = "OPTIONAL"
  nullable    = false

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa)
    error_message = "The MFA mode must be OFF, OPTIONAL or ON."
  }
}

variable "self_sign_up" {
  description = "Whether self-service sign-up is enabled."
  type        = bool
  default     = true
  nullable    = false
}

variable "email" {
  description = "Sender of verification codes, and ARN of its verified SES identity. Null uses the built-in email of Cognito, at most 50 a day."
  type = object({
    sender       = string
    identity_arn = string
  })
  default = null
}

variable "groups" {
  description = "User groups: names and descriptions."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether deletion protection of the user pool is enabled."
  type        = bool
  nullable    = false
}
