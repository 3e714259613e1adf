variable "name" {
  description = "Name of the CodeDeploy application, and prefix of all other names."
  type        = string
  nullable    = false
}

variable "configuration" {
  description = "Predefined deployment configuration of CodeDeploy for ECS, such as ECSCanary10Percent5Minutes."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the ECS cluster."
  type        = string
  nullable    = false
}

variable "service_name" {
  description = "Name of the ECS service."
  type        = string
  nullable    = false
}

variable "task_role_arns" {
  description = "ARNs of the roles that the task definition passes to ECS."
  type        = list(string)
  nullable    = false
}

variable "load_balancer" {
  description = "ARN suffix of the load balancer."
  type        = string
  nullable    = false
}

variable "listener_arn" {
  description = "ARN of the listener for requests of users."
  type        = string
  nullable    = false
}

variable "test_listener_arn" {
  description = "ARN of the listener for the smoke test."
  type        = string
  nullable    = false
}

variable "test_url" {
  description = "Base URL of the test listener."
  type        = string
  nullable    = false
}

variable "test_port" {
  description = "Port of the test listener."
  type        = number
  nullable    = false
}

variable "test_security_group_id" {
  description = "ID of the security group of the load balancer that admits the smoke test."
  type        = string
  nullable    = false
}

variable "target_groups" {
  description = "Names, ARNs and ARN suffixes of the two target groups, by color."
  type = object({
    blue  = object({ name = string, arn = string, arn_suffix = string })
    green = object({ name = string, arn = string, arn_suffix = string })
  })
  nullable = false
}

variable "termination_minutes" {
  description = "Minutes between the shift of all traffic and the end of the earlier tasks."
  type        = number
  nullable    = false
}

variable "alarms" {
  description = "Names of further alarms that roll a deployment back."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "max_error_percent" {
  description = "Error rate of a target group above which a deployment is rolled back, in percent."
  type        = number
  default     = 1
  nullable    = false
}

variable "max_p99_seconds" {
  description = "p99 response time of a target group above which a deployment is rolled back, in seconds."
  type        = number
  nullable    = false
}

variable "minimum_requests" {
  description = "Requests per minute to a target group below which its error rate is ignored."
  type        = number
  default     = 10
  nullable    = false
}

variable "vpc_id" {
  description = "ID of the VPC."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "IDs of the subnets of the probe."
  type        = list(string)
  nullable    = false
}

variable "log_retention_days" {
  description = "Log retention in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for logs."
  type        = string
  nullable    = false
}
