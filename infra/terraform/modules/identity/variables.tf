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

variable "logout_urls" {
  description = "URLs that the sign-in page may redirect to after signing out."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "machine_clients" {
  description = "Machine clients: the name of each service, and the scopes that it may request."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.machine_clients) : can(regex("^[a-z][a-z0-9-]{0,40}$", name))])
    error_message = "The name of a machine client must consist of lowercase letters, digits and hyphens."
  }

  validation {
    condition = alltrue([
      for scopes in values(var.machine_clients) :
      length(scopes) > 0 && length(setsubtract(scopes, ["images:read", "images:write", "albums:write", "shares:write", "account:read"])) == 0
    ])
    error_message = "A machine client needs at least one of the scopes images:read, images:write, albums:write, shares:write and account:read."
  }
}

variable "identity_providers" {
  description = "Identity providers that people may sign in with, by name: the type (`Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`, `SAML` or `OIDC`), the details that Cognito requires for it except `client_secret`, the attributes of users, and further identifiers such as the email domain."
  type = map(object({
    type              = string
    details           = map(string)
    attribute_mapping = optional(map(string), { email = "email" })
    identifiers       = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for provider in values(var.identity_providers) :
      contains(["Google", "Facebook", "LoginWithAmazon", "SignInWithApple", "SAML", "OIDC"], provider.type)
    ])
    error_message = "The type must be Google, Facebook, LoginWithAmazon, SignInWithApple, SAML or OIDC."
  }

  validation {
    # https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
    condition     = alltrue([for name in keys(var.identity_providers) : can(regex("^[^_ ]{1,32}$", name)) && !contains(["COGNITO", "Cognito"], name)])
    error_message = "The name of an identity provider has 1 to 32 characters, without underscores and spaces, and is not COGNITO."
  }

  validation {
    condition     = alltrue([for provider in values(var.identity_providers) : !contains(keys(provider.details), "client_secret")])
    error_message = "Provide client secrets in identity_provider_secrets."
  }
}

variable "identity_provider_secrets" {
  description = "Client secrets of the identity providers, by name. The state holds them."
  type        = map(string)
  default     = {}
  nullable    = false
  sensitive   = true
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
