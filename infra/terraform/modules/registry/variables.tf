variable "name" {
  description = "Name of the repository."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts the images."
  type        = string
  nullable    = false
}

variable "keep" {
  description = "Images that are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.keep >= 2
    error_message = "At least the running image and the one before it."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository destroys its images; else ECR refuses while there is one."
  type        = bool
  nullable    = false
}
