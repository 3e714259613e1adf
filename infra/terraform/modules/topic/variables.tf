variable "name" {
  description = "Name of the topic."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts what is published."
  type        = string
  nullable    = false
}

variable "publishers" {
  description = "AWS services that publish here, each on behalf of one resource of this account."
  type = list(object({
    service    = string
    source_arn = string
  }))
  default  = []
  nullable = false
}
