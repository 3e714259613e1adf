variable "first" {
  description = "The first stack: the outputs `name`, `region`, `table`, `buckets`, `kms_key_arn` and `distribution_domain` of its configuration."
  type = object({
    name                = string
    region              = string
    table               = string
    buckets             = map(string)
    kms_key_arn         = string
    distribution_domain = string
  })
  nullable = false
}

variable "second" {
  description = "The stack in the second region, with `replica_of` set to the name of the first one: the same outputs."
  type = object({
    name                = string
    region              = string
    table               = string
    buckets             = map(string)
    kms_key_arn         = string
    distribution_domain = string
  })
  nullable = false

  validation {
    condition     = var.second.region != var.first.region && var.second.table == var.first.table
    error_message = "The second stack must be in another region, and use the replica of the table of the first one."
  }
}

variable "active" {
  description = "Region that serves the API: the region of the first or of the second stack. Changing it is the failover; docs/regions.md describes the steps before and after."
  type        = string
  nullable    = false

  validation {
    condition     = contains([var.first.region, var.second.region], var.active)
    error_message = "The active region must be that of the first or of the second stack."
  }
}

variable "domain" {
  description = "Domain name of the application, for the distribution in front of both stacks. Null creates no distribution."
  type        = string
  default     = null
}

variable "hosted_zone" {
  description = "Name of the Route 53 hosted zone of the domain, if it differs from the domain."
  type        = string
  default     = null
}

variable "web_acl_arn" {
  description = "ARN of the web ACL (us-east-1) of the distribution in front. The web ACLs of the stacks see only addresses of CloudFront, so rate limits belong here."
  type        = string
  default     = null
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic in us-east-1 that is notified if the active region fails its health check. Null for none."
  type        = string
  default     = null
}

variable "protect_data" {
  description = "Whether deletion protection of the replica of the table is enabled."
  type        = bool
  default     = true
  nullable    = false
}

variable "max_retries" {
  description = "Maximum number of retries of a failed AWS API call by Terraform."
  type        = number
  default     = 25
  nullable    = false
}
