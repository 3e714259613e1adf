variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "Addresses of the network, a block of /16 to /20."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && can(regex("/(1[6-9]|20)$", var.cidr))
    error_message = "The network needs an IPv4 block of /16 to /20, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Availability zones that are used."
  type        = number
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "Two or three zones."
  }
}

variable "nat_gateways" {
  description = "NAT gateways: none, one for all zones, or up to one for each."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.nat_gateways >= 0 && var.nat_gateways <= var.zones && floor(var.nat_gateways) == var.nat_gateways
    error_message = "From none to one NAT gateway per zone."
  }
}

variable "interface_endpoints" {
  description = "AWS services reached by an interface endpoint, such as `sqs` or `ecr.api`. S3 and DynamoDB always have theirs, which are free."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "endpoint_zones" {
  description = "Zones in which each interface endpoint has an address: each costs, and one is enough to work."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.endpoint_zones >= 1 && var.endpoint_zones <= 3
    error_message = "Endpoints stand in one to three zones."
  }
}

variable "log_retention_days" {
  description = "Days for which flow logs are kept."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow logs."
  type        = string
  nullable    = false
}
