variable "name" {
  description = "Name of the role that S3 assumes."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "The name must have at most 64 characters."
  }
}

variable "bucket_names" {
  description = "Name of the target bucket by name of the source bucket. Both are versioned and in one account."
  type        = map(string)
  nullable    = false
}

variable "source_kms" {
  description = "Region of the source buckets, and ARN of the KMS key of their objects."
  type = object({
    region  = string
    key_arn = string
  })
  nullable = false
}

variable "target_kms" {
  description = "Region of the target buckets, and ARN of the KMS key of their objects."
  type = object({
    region  = string
    key_arn = string
  })
  nullable = false
}
