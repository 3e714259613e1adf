variable "name" {
  description = "Name of the load balancer, at most 32 characters."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 32
    error_message = "The name must be at most 32 characters."
  }
}

variable "vpc_id" {
  description = "ID of the VPC."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the subnets."
  type        = list(string)
  nullable    = false
}

variable "port" {
  description = "Port that the tasks listen on."
  type        = number
  nullable    = false
}

variable "target_security_group_id" {
  description = "ID of the security group of the tasks."
  type        = string
  nullable    = false
}

variable "test" {
  description = "Test listener of canary deployments: its port, and the security group that may call it. Null creates none."
  type = object({
    port              = number
    security_group_id = string
  })
  default = null
}

variable "certificate_arn" {
  description = "ARN of the certificate for HTTPS. Null uses plain HTTP, for stacks without a domain."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether deletion protection of the load balancer is enabled."
  type        = bool
  nullable    = false
}

variable "access_log" {
  description = "Bucket and prefix for access logs."
  type = object({
    bucket = string
    prefix = string
  })
  nullable = false
}

variable "max_error_percent" {
  description = "Error rate above which an alarm is raised, in percent."
  type        = number
  default     = 1
  nullable    = false
}

variable "max_p99_seconds" {
  description = "p99 response time above which an alarm is raised, in seconds."
  type        = number
  default     = 1
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}
