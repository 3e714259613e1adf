variable "name" {
  description = "Name of the ECR repository."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for container images."
  type        = string
  nullable    = false
}

variable "max_images" {
  description = "Maximum number of container images to keep."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.max_images >= 2
    error_message = "The maximum must be at least 2: the running image and the previous one."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository also deletes its images. If false, ECR refuses to delete a repository that is not empty."
  type        = bool
  nullable    = false
}
