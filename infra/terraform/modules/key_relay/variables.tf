variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false
}

variable "pool_id" {
  description = "Pool of Cognito whose keys are fetched."
  type        = string
  nullable    = false
}

variable "endpoint_id" {
  description = "The network's interface endpoint for `execute-api`, which alone may call."
  type        = string
  nullable    = false
}
