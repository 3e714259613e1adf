variable "name" {
  description = "Name of the stack."
  type        = string
  nullable    = false
}

variable "bucket" {
  description = "Bucket of the exports, the view and the results of queries. Its objects must expire."
  type        = object({ name = string, arn = string })
  nullable    = false
}

variable "table_arn" {
  description = "ARN of the DynamoDB table. It must have point-in-time recovery."
  type        = string
  nullable    = false
}

variable "key_version" {
  description = "Version of the key that hashes owners. A new one replaces all hashes, by a full export."
  type        = number
  default     = 1
  nullable    = false
}

variable "key_deletion_window_days" {
  description = "Waiting period before the deletion of the HMAC key, in days: 7 to 30."
  type        = number
  nullable    = false
}

variable "image" {
  description = "Container image of services/ops. Without a tag, the schedule is disabled."
  type        = object({ repository_url = string, repository_arn = string, tag = optional(string) })
  nullable    = false
}

variable "architecture" {
  description = "CPU architecture of the container image: ARM64 or X86_64."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the ECS cluster that runs the task."
  type        = string
  nullable    = false
}

variable "network" {
  description = "Network of the task: its subnets, and what it may connect to."
  type = object({
    vpc_id                      = string
    subnet_ids                  = list(string)
    public_ip                   = bool
    endpoint_security_group_ids = list(string)
    gateway_prefix_list_ids     = map(string)
    internet                    = bool
  })
  nullable = false
}

variable "schedule" {
  description = "Schedule of the refresh in UTC, as EventBridge Scheduler expects it: at least once a day, at most every 30 minutes."
  type        = string
  default     = "cron(0 3 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.schedule))
    error_message = "The schedule must be a cron or a rate expression."
  }
}

variable "scan_limit_mb" {
  description = "Maximum amount of data that one query may scan, in megabytes; Athena cancels a query that would scan more."
  type        = number
  default     = 10000
  nullable    = false

  validation {
    condition     = var.scan_limit_mb >= 10
    error_message = "The limit must be at least 10 MB."
  }
}

variable "log_retention_days" {
  description = "Retention of the log in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the log, the bucket, the table and the results."
  type        = string
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}

variable "quicksight_principal_arn" {
  description = "ARN of the QuickSight user or group that may use the view as data sets; null creates none."
  type        = string
  default     = null
}
