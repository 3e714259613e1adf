variable "name" {
  description = "Name prefix of the resources."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "IPv4 CIDR block of the VPC, /16 to /20."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && can(regex("/(1[6-9]|20)$", var.cidr))
    error_message = "The CIDR block must be an IPv4 block of /16 to /20, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Number of Availability Zones: 2 or 3."
  type        = number
  nullable    = false

  validation {
    condition     = contains([2, 3], var.zones)
    error_message = "The number of zones must be 2 or 3."
  }
}

variable "nat_gateways" {
  description = "Number of NAT gateways: none, one for all zones, or up to one per zone."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.nat_gateways >= 0 && var.nat_gateways <= var.zones && floor(var.nat_gateways) == var.nat_gateways
    error_message = "The number of NAT gateways must be an integer from 0 to the number of zones."
  }
}

variable "public_subnets" {
  description = "Whether to create a public subnet in every zone, for tasks with public IP addresses. NAT gateways create their own."
  type        = bool
  default     = false
  nullable    = false
}

variable "interface_endpoints" {
  description = "AWS services to create interface endpoints for, such as `sqs` or `ecr.api`. S3 and DynamoDB always have gateway endpoints, which are free."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "endpoint_zones" {
  description = "Number of zones with a network interface for each interface endpoint. One zone is enough; AWS charges for each."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.endpoint_zones >= 1 && var.endpoint_zones <= 3
    error_message = "The number of endpoint zones must be 1 to 3."
  }
}

variable "log_retention_days" {
  description = "Retention of flow logs in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the flow logs."
  type        = string
  nullable    = false
}
