variable "domain" {
  description = "Domain of the senders."
  type        = string
  nullable    = false
}

variable "zone_id" {
  description = "ID of the Route 53 hosted zone of the domain."
  type        = string
  nullable    = false
}
