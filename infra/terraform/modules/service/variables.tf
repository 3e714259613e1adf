variable "name" {
  description = "Name of the service, of its container and of its log group."
  type        = string
  nullable    = false
}

variable "cluster_name" {
  description = "Cluster that it runs in; its name begins every other name."
  type        = string
  nullable    = false
}

variable "repository_url" {
  description = "Where its image is, without a tag."
  type        = string
  nullable    = false
}

variable "repository_arn" {
  description = "The repository of its image."
  type        = string
  nullable    = false
}

variable "image_tag" {
  description = "Which image; null until there is one, and nothing runs."
  type        = string
  default     = null
}

variable "architecture" {
  description = "Processor: `ARM64` or `X86_64`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.architecture)
    error_message = "ARM64 or X86_64."
  }
}

variable "cpu" {
  description = "Processor units of a task: 1024 is one virtual processor."
  type        = number
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate has 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "memory" {
  description = "Memory of a task, in MiB: two to eight for each processor unit."
  type        = number
  nullable    = false

  validation {
    condition     = var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu
    error_message = "Fargate gives a task two to eight MiB for each processor unit."
  }
}

variable "environment" {
  description = "Settings of the program."
  type        = map(string)
  nullable    = false
}

variable "secrets" {
  description = "Settings of the program that are secret: names, and the ARNs in Secrets Manager."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "policy" {
  description = "What the program may do, as a policy document (JSON)."
  type        = string
  nullable    = false
}

variable "port" {
  description = "Port of the container; `/health` there says whether it is well."
  type        = number
  nullable    = false
}

variable "stop_seconds" {
  description = "Seconds that a task has to end by itself."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.stop_seconds >= 2 && var.stop_seconds <= 120
    error_message = "Fargate waits 120 seconds at most."
  }
}

variable "vpc_id" {
  description = "Network that it runs in."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets that it runs in."
  type        = list(string)
  nullable    = false
}

variable "caller_security_group_ids" {
  description = "Who may call it: names, and security groups."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "endpoint_security_group_ids" {
  description = "Security group of the interface endpoints, in a list of none or one."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "gateway_prefix_list_ids" {
  description = "Addresses behind the gateway endpoints, by service."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "internet" {
  description = "Whether there is a way to the internet that it may take."
  type        = bool
  default     = false
  nullable    = false
}

variable "target_group_arn" {
  description = "Where the load balancer looks for its tasks; null for a service that nobody calls."
  type        = string
  default     = null
}

variable "scaling" {
  description = "How many tasks, and by what: `requests` for a service behind a load balancer, `backlog` for one that works off a queue."
  type = object({
    minimum = number
    maximum = number
    requests = optional(object({
      per_task_and_minute = number
      resource_label      = string
    }))
    backlog = optional(object({
      messages_per_task = number
      queue_name        = string
    }))
  })
  nullable = false

  validation {
    condition     = var.scaling.minimum >= 0 && var.scaling.maximum >= max(var.scaling.minimum, 1)
    error_message = "At least none, and the maximum not below the minimum nor below one."
  }

  validation {
    condition     = (var.scaling.requests == null) != (var.scaling.backlog == null)
    error_message = "Either requests or backlog."
  }

  validation {
    condition     = var.scaling.requests == null || var.scaling.minimum >= 1
    error_message = "A service that is called has at least one task: nothing would wake it."
  }
}

variable "spot" {
  description = "Whether tasks beyond the base run on spare capacity, at about a third of the price and taken away at two minutes' notice."
  type        = bool
  default     = false
  nullable    = false
}

variable "on_demand_base" {
  description = "The first so many tasks run on capacity that stays."
  type        = number
  default     = 0
  nullable    = false
}

variable "shell" {
  description = "Whether people with the right to may open a shell in a task."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts logs and secrets."
  type        = string
  nullable    = false
}

variable "alerts_topic_arn" {
  description = "Topic that alarms are sent to."
  type        = string
  nullable    = false
}
