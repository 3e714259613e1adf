variable "name" {
  description = "Name of the topic."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for messages."
  type        = string
  nullable    = false
}

variable "publishers" {
  description = "AWS services that may publish to the topic, each on behalf of one resource of this account."
  type = list(object({
    service    = string
    source_arn = string
  }))
  default  = []
  nullable = false
}
