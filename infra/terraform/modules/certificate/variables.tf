variable "domain" {
  description = "Name that the certificate is for."
  type        = string
  nullable    = false
}

variable "zone_id" {
  description = "Zone of Route 53 that the name is in."
  type        = string
  nullable    = false
}

variable "write_records" {
  description = "Whether the records that prove the name are written here; false for the second certificate of one name."
  type        = bool
  default     = true
  nullable    = false
}
