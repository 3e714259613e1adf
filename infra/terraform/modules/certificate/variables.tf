variable "domain" {
  description = "Domain name of the certificate."
  type        = string
  nullable    = false
}

variable "zone_id" {
  description = "ID of the Route 53 hosted zone of the domain."
  type        = string
  nullable    = false
}

variable "write_records" {
  description = "Whether this module creates the DNS validation records. Set to false for a second certificate of the same domain."
  type        = bool
  default     = true
  nullable    = false
}
