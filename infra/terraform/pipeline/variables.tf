variable "project" {
  description = "Name prefix of all resources; the same as `project` of the bootstrap and of the stacks."
  type        = string
  default     = "sightline"
  nullable    = false
}

variable "region" {
  description = "AWS Region of the pipeline, and of the image repositories of the environments."
  type        = string
  nullable    = false
}

variable "state_region" {
  description = "AWS Region of the state bucket that the bootstrap created."
  type        = string
  nullable    = false
}

variable "connection" {
  description = "Repository that starts the pipeline on every push to the branch: the ARN of an authorized CodeConnections connection, and the repository, such as owner/name. Null takes the source from a bucket, in which `source.zip` starts the pipeline."
  type = object({
    arn        = string
    repository = string
    branch     = optional(string, "main")
  })
  default = null

  validation {
    condition     = var.connection == null || can(regex("^arn:aws:code(star-)?connections:", try(var.connection.arn, "")))
    error_message = "The ARN must be that of a CodeConnections connection."
  }

  validation {
    condition     = var.connection == null || can(regex("^[^/ ]+/[^ ]+$", try(var.connection.repository, "")))
    error_message = "The repository must be an owner and a name, such as owner/name."
  }
}

variable "environments" {
  description = "Environments in the order of their deployment: name, path of its `.tfvars` file, whether a person approves the plan, and secret Terraform variables by name with the ARN of their secret in Secrets Manager. The images are built into the repositories of the first environment."
  type = list(object({
    name             = string
    settings_file    = string
    approval         = optional(bool, true)
    secret_variables = optional(map(string), {})
  }))
  nullable = false

  validation {
    condition     = length(var.environments) > 0 && length(var.environments) == length(distinct(var.environments[*].name))
    error_message = "Name at least one environment, and each only once."
  }

  validation {
    condition     = alltrue([for environment in var.environments : can(regex("^[a-z][a-z0-9]{1,7}$", environment.name))])
    error_message = "A name must have 2 to 8 lowercase letters and digits, and start with a letter."
  }

  validation {
    condition     = alltrue([for environment in var.environments : fileexists(environment.settings_file)])
    error_message = "A settings file does not exist: paths are relative to the directory of the pipeline, such as ../environments/dev.tfvars."
  }
}

variable "approver_emails" {
  description = "E-mail addresses that receive requests for approval; each must confirm the subscription once."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "base_image" {
  description = "Base image of the container images. The default is the mirror in Amazon ECR Public, because Docker Hub limits anonymous pulls."
  type        = string
  default     = "public.ecr.aws/docker/library/python:3.13-slim-trixie"
  nullable    = false
}

variable "build_image" {
  description = "CodeBuild image of all builds, for arm64."
  type        = string
  default     = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
  nullable    = false
}

variable "artifact_days" {
  description = "Days for which sources, releases, plans and scan reports are kept. A rollback needs the release."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.artifact_days >= 7
    error_message = "The number of days must be at least 7: a plan can wait that long for its approval."
  }
}

variable "log_retention_days" {
  description = "Retention of the build logs, in days."
  type        = number
  default     = 30
  nullable    = false
}

variable "max_retries" {
  description = "Maximum number of retries of a failed AWS API call by Terraform."
  type        = number
  default     = 25
  nullable    = false
}
