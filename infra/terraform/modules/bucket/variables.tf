variable "name" {
  description = "Name of the bucket, unique in the world."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "Three to 63 lower-case letters, digits and hyphens."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket destroys what is in it; else S3 refuses while there is anything."
  type        = bool
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key for objects; null for S3's own, which the buckets that AWS services log to need."
  type        = string
  default     = null
}

variable "versioned" {
  description = "Whether replaced and deleted objects stay for a while."
  type        = bool
  default     = false
  nullable    = false
}

variable "replaced_days" {
  description = "Days for which replaced and deleted objects stay, in a versioned bucket."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.replaced_days >= 1
    error_message = "At least a day."
  }
}

variable "expire_days" {
  description = "Days after which objects go by themselves; null for never."
  type        = number
  default     = null
}

variable "upload_origins" {
  description = "Pages that may post an upload form here; none, and no page may."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "announce" {
  description = "Topic that is told of every new object under the prefix; null for none."
  type = object({
    topic_arn = string
    prefix    = string
  })
  default = null
}

variable "access_log" {
  description = "Bucket and prefix that requests are logged to; null for nowhere."
  type = object({
    bucket = string
    prefix = string
  })
  default = null
}

variable "reader_distribution_arns" {
  description = "The CloudFront distribution that may read here, in a list of none or one: its address is known only after the bucket's."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.reader_distribution_arns) <= 1
    error_message = "One distribution reads from a bucket."
  }
}

variable "policies" {
  description = "More policy documents (JSON) for the bucket, such as for services that log to it."
  type        = list(string)
  default     = []
  nullable    = false
}
