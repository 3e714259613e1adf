variable "name" {
  description = "Name of the service, its container and its log group."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Name of the ECS cluster, and prefix of all other names."
  type        = string
  nullable    = false
}

variable "repository_url" {
  description = "URL of the ECR repository, without a tag."
  type        = string
  nullable    = false
}

variable "repository_arn" {
  description = "ARN of the ECR repository."
  type        = string
  nullable    = false
}

variable "image_tag" {
  description = "Tag of the container image. Null until an image exists; no tasks run then."
  type        = string
  default     = null
}

variable "architecture" {
  description = "CPU architecture: `ARM64` or `X86_64`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "The architecture must be ARM64 or X86_64."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1024 units are one vCPU."
  type        = number
  nullable    = false

  validation {
    condition     = contains(keys(local.fargate_memory), tostring(var.cpu))
    error_message = "The CPU units must be 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "memory" {
  description = "Memory of a task in MiB, one of the sizes that Fargate offers for its CPU units: see `fargate.tf`."
  type        = number
  nullable    = false

  validation {
    condition     = contains(try(local.fargate_memory[tostring(var.cpu)], []), var.memory)
    error_message = "Fargate does not offer ${var.memory} MiB for ${var.cpu} CPU units. Choose one of: ${join(", ", try(local.fargate_memory[tostring(var.cpu)], []))}."
  }
}

variable "environment" {
  description = "Environment variables of the container."
  type        = map(string)
  nullable    = false
}

variable "secrets" {
  description = "Secret environment variables: names, and ARNs in Secrets Manager, optionally with a version (`ARN:::VERSION_ID`)."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "policy" {
  description = "IAM policy document (JSON) of the task role."
  type        = string
  nullable    = false
}

variable "port" {
  description = "Port of the container, which serves `/health`."
  type        = number
  nullable    = false
}

variable "stop_seconds" {
  description = "Stop timeout in seconds: time between SIGTERM and SIGKILL."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.stop_seconds >= 2 && var.stop_seconds <= 120
    error_message = "The stop timeout must be 2 to 120 seconds."
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

variable "caller_security_group_ids" {
  description = "Security groups that may call the service: names and IDs."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "endpoint_security_group_ids" {
  description = "ID of the security group of the interface endpoints, as a list of at most one."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "gateway_prefix_list_ids" {
  description = "Prefix list IDs of the gateway endpoints by service."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "internet" {
  description = "Whether HTTPS egress to the internet is allowed."
  type        = bool
  default     = false
  nullable    = false
}

variable "public_ip" {
  description = "Whether each task has a public IP address; requires public subnets. The security group still admits no traffic from the internet."
  type        = bool
  default     = false
  nullable    = false
}

variable "target_group_arn" {
  description = "ARN of the load balancer's target group; null for a service without inbound requests."
  type        = string
  default     = null
}

variable "deployment_controller" {
  description = "What replaces the tasks: `ECS` (rolling updates with a circuit breaker) or `CODE_DEPLOY` (shifts of the traffic between two target groups), which requires a load balancer and takes effect with the first image."
  type        = string
  default     = "ECS"
  nullable    = false

  validation {
    condition     = contains(["ECS", "CODE_DEPLOY"], var.deployment_controller)
    error_message = "The deployment controller must be ECS or CODE_DEPLOY."
  }
}

variable "scaling" {
  description = "Number of tasks and the scaling metric: `requests` for a service behind a load balancer (ARN suffixes of it and of its target groups), `backlog` for a queue consumer, which counts the messages of its queue and of the one with deferred messages. With a `schedule`, no tasks run from `stop` to `start` (cron expressions in the time zone)."
  type = object({
    minimum = number
    maximum = number
    requests = optional(object({
      per_task_and_minute = number
      load_balancer       = string
      target_groups       = list(string)
    }))
    backlog = optional(object({
      messages_per_task = number
      queue_name        = string
      deferred_name     = optional(string)
      request_metric    = string
    }))
    schedule = optional(object({
      start     = string
      stop      = string
      time_zone = string
    }))
  })
  nullable = false

  validation {
    condition     = var.scaling.minimum >= 0 && var.scaling.maximum >= max(var.scaling.minimum, 1)
    error_message = "The minimum must be at least 0, and the maximum at least 1 and not below the minimum."
  }

  validation {
    condition     = (var.scaling.requests == null) != (var.scaling.backlog == null)
    error_message = "Set either requests or backlog."
  }

  validation {
    condition     = var.scaling.requests == null || var.scaling.minimum >= 1
    error_message = "The minimum must be at least 1 for a service that scales by requests: it cannot scale up from 0."
  }
}

variable "log_metrics" {
  description = "Metrics that count log lines: names and filter patterns. Their namespace is the name of the cluster."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "spot" {
  description = "Whether tasks beyond the base run on Fargate Spot, at about a third of the price and interrupted with two minutes' notice."
  type        = bool
  default     = false
  nullable    = false
}

variable "on_demand_base" {
  description = "Number of tasks that always run on on-demand capacity."
  type        = number
  default     = 0
  nullable    = false
}

variable "shell" {
  description = "Lets operators with the IAM permission open a shell in a task (ECS Exec): log group and KMS key of the sessions, as the cluster configures them. Null disables it."
  type = object({
    log_group_arn = string
    kms_key_arn   = string
  })
  default = null
}

variable "collector" {
  description = "Collector of traces, a container that each task runs beside the service: its image, its memory limit in MiB, and the ARN of its repository if that is in Amazon ECR. Null runs none."
  type = object({
    image          = string
    memory         = number
    repository_arn = optional(string)
  })
  default = null
}

variable "log_retention_days" {
  description = "Log retention in days."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for logs and secrets."
  type        = string
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "ARN of the SNS topic for alarms."
  type        = string
  nullable    = false
}
