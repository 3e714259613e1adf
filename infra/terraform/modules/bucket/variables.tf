variable "name" {
  description = "Name of the bucket, globally unique."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "The name must be 3 to 63 lowercase letters, digits and hyphens."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket also deletes its objects. If false, S3 refuses to delete a bucket that is not empty."
  type        = bool
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key for objects. Null uses S3-managed keys, which buckets need that AWS services log to."
  type        = string
  default     = null
}

variable "versioned" {
  description = "Whether versioning is enabled, so that overwritten and deleted objects can be restored."
  type        = bool
  default     = false
  nullable    = false
}

variable "noncurrent_days" {
  description = "Days for which a versioned bucket keeps noncurrent versions."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "The number of days must be at least 1."
  }
}

variable "expire_days" {
  description = "Days after which objects expire; null disables expiry."
  type        = number
  default     = null
}

variable "upload_origins" {
  description = "Origins that may upload with a presigned POST; empty disables CORS."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "notification" {
  description = "SNS topic that is notified of every object created under the prefix; null disables notifications."
  type = object({
    topic_arn = string
    prefix    = string
  })
  default = null
}

variable "access_log" {
  description = "Bucket and prefix for access logs; null disables access logging."
  type = object({
    bucket = string
    prefix = string
  })
  default = null
}

variable "reader_distribution_arns" {
  description = "ARN of the CloudFront distribution that may read the bucket, as a list of at most one: the ARN is known only after the bucket exists."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.reader_distribution_arns) <= 1
    error_message = "At most one distribution can read from a bucket."
  }
}

variable "policies" {
  description = "Additional policy documents (JSON) for the bucket, such as for services that write logs to it."
  type        = list(string)
  default     = []
  nullable    = false
}
