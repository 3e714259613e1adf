variable "name" {
  description = "Name prefix of the resources."
  type        = string
  nullable    = false
}

variable "pool_id" {
  description = "ID of the Cognito user pool whose JWKS is served."
  type        = string
  nullable    = false
}

variable "endpoint_id" {
  description = "ID of the VPC's interface endpoint for `execute-api`, the only permitted caller."
  type        = string
  nullable    = false
}
