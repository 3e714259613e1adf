variable "stack" {
  description = "Name of the stack."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the task within the stack."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the task does, for the schedule."
  type        = string
  nullable    = false
}

variable "command" {
  description = "Command of the container."
  type        = list(string)
  nullable    = false
}

variable "settings" {
  description = "Environment variables of the task, without secrets."
  type        = map(string)
  nullable    = false
}

variable "policy" {
  description = "IAM policy of the task role, as JSON."
  type        = string
  nullable    = false
}

variable "image" {
  description = "Container image of the task. Without a tag, the schedule is disabled."
  type        = object({ repository_url = string, repository_arn = string, tag = optional(string) })
  nullable    = false
}

variable "architecture" {
  description = "CPU architecture of the container image: ARM64 or X86_64."
  type        = string
  nullable    = false
}

variable "cpu" {
  description = "CPU units of the task: 1024 are one vCPU."
  type        = number
  nullable    = false
}

variable "memory" {
  description = "Memory of the task in MiB. Fargate supports 512 to 2048 with 256 CPU units, 1024 to 4096 with 512, and 2048 to 8192 with 1024."
  type        = number
  nullable    = false

  validation {
    condition = contains(lookup({
      256  = [512, 1024, 2048]
      512  = [1024, 2048, 3072, 4096]
      1024 = [2048, 3072, 4096, 5120, 6144, 7168, 8192]
    }, var.cpu, []), var.memory)
    error_message = "Fargate does not support this combination of CPU and memory."
  }
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
  description = "Schedule in UTC, as EventBridge Scheduler expects it: at least once a day, because an alarm is raised after two days without a completed run."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.schedule))
    error_message = "The schedule must be a cron or a rate expression."
  }
}

variable "window_minutes" {
  description = "Minutes after the scheduled time within which the task starts: 1 to 1440."
  type        = number
  default     = 30
  nullable    = false
}

variable "log_retention_days" {
  description = "Retention of the log in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for the log."
  type        = string
  nullable    = false
}

variable "completion_pattern" {
  description = "CloudWatch Logs filter pattern of the line that a completed run logs."
  type        = string
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for the alarm."
  type        = string
  nullable    = false
}
