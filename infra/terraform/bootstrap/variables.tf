variable "project" {
  description = "Name prefix of all resources; the same as `project` of the stacks."
  type        = string
  default     = "sightline"
  nullable    = false
}

variable "region" {
  description = "AWS Region of the state bucket."
  type        = string
  nullable    = false
}

variable "operators" {
  description = "ARNs of the IAM principals that may assume the deploy role."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "github_repository" {
  description = "GitHub repository whose workflows may assume the deploy role, such as owner/name. Null for none."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "The repository must be an owner and a name, such as owner/name, without a wildcard."
  }

  validation {
    condition     = var.github_repository != null || length(var.operators) > 0 || var.pipeline
    error_message = "Set operators, github_repository or pipeline: otherwise no principal can assume the deploy role."
  }
}

variable "github_environments" {
  description = "Environments of the GitHub repository from which workflows may assume the deploy role."
  type        = list(string)
  default     = ["dev", "prod"]
  nullable    = false
}

variable "github_plan_environment" {
  description = "Environment of the GitHub repository from which workflows may assume the plan role."
  type        = string
  default     = "plan"
  nullable    = false
}

variable "pipeline" {
  description = "Whether the pipeline of `infra/terraform/pipeline` may assume the plan role and the deploy role."
  type        = bool
  default     = false
  nullable    = false
}
