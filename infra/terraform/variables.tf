variable "project" {
  description = "First part of every name."
  type        = string
  default     = "sightline"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "Two to twelve lower-case letters and digits, a letter first: bucket names have room for no more."
  }
}

variable "environment" {
  description = "Second part of every name, such as dev or prod: several stacks can live in one account."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,7}$", var.environment))
    error_message = "Two to eight lower-case letters and digits, a letter first."
  }
}

variable "region" {
  description = "Region of AWS; it has to have Rekognition."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}-[a-z]+-[0-9]$", var.region))
    error_message = "A region such as eu-central-1."
  }
}

variable "domain" {
  description = "Name that people use, such as pictures.example.com; null for CloudFront's own."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "A host name in lower case."
  }
}

variable "hosted_zone" {
  description = "Zone of Route 53 that the domain is in, such as example.com; null where it is the domain itself."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone == null || (var.domain != null && endswith(".${coalesce(var.domain, "-")}", ".${coalesce(var.hosted_zone, "-")}"))
    error_message = "The domain has to lie in this zone."
  }
}

variable "protect_data" {
  description = "Whether AWS refuses to delete what holds data: table, users, buckets, images, load balancer, key. False for stacks to throw away."
  type        = bool
  default     = true
  nullable    = false
}

variable "network_cidr" {
  description = "Addresses of the network."
  type        = string
  default     = "10.20.0.0/16"
  nullable    = false
}

variable "zones" {
  description = "Availability zones that are used: two or three."
  type        = number
  default     = 2
  nullable    = false
}

variable "nat_gateways" {
  description = "NAT gateways: none are needed; with one the tasks reach the internet, and the endpoints can be left out."
  type        = number
  default     = 0
  nullable    = false
}

variable "interface_endpoints" {
  description = "Whether the tasks reach AWS by private endpoints; false only with a NAT gateway."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.interface_endpoints || var.nat_gateways > 0
    error_message = "Without endpoints the tasks need a NAT gateway to reach AWS."
  }
}

variable "endpoint_zones" {
  description = "Zones in which each endpoint has an address: one costs least, as many as there are zones is safest."
  type        = number
  default     = 2
  nullable    = false
}

variable "architecture" {
  description = "Processor of the tasks and of their images: `ARM64`, a fifth cheaper, or `X86_64`."
  type        = string
  default     = "ARM64"
  nullable    = false
}

variable "image_tag" {
  description = "Which images run, by their tag; null before the first ones are pushed, and nothing runs."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "A tag as registries allow it."
  }
}

variable "api" {
  description = "Size and number of the api's tasks, and more of its settings (SIGHTLINE_...)."
  type = object({
    cpu                          = optional(number, 512)
    memory                       = optional(number, 1024)
    minimum                      = optional(number, 2)
    maximum                      = optional(number, 10)
    requests_per_task_and_minute = optional(number, 6000)
    spot                         = optional(bool, false)
    on_demand_base               = optional(number, 1)
    settings                     = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.api.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Settings of ours begin with SIGHTLINE_."
  }
}

variable "worker" {
  description = "Size and number of the worker's tasks, and more of its settings (SIGHTLINE_...)."
  type = object({
    cpu               = optional(number, 512)
    memory            = optional(number, 2048)
    minimum           = optional(number, 1)
    maximum           = optional(number, 2)
    messages_per_task = optional(number, 50)
    spot              = optional(bool, true)
    on_demand_base    = optional(number, 1)
    settings          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.worker.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Settings of ours begin with SIGHTLINE_."
  }

  validation {
    condition     = var.worker.memory >= 1792
    error_message = "A process that decodes may take 1.25 GiB, and what is around it half of one."
  }
}

variable "recognition_calls_per_second" {
  description = "The account's quota for Rekognition's DetectLabels in the region: 5, or 50 in the largest regions, unless AWS has raised it. It is shared out among as many workers as there may be: more of them than a fifth of it are of no use."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.recognition_calls_per_second > 0
    error_message = "A quota is more than nothing."
  }
}

variable "resizer" {
  description = "Size and number of the resizer's tasks, and more of its settings (SIGHTLINE_...)."
  type = object({
    cpu               = optional(number, 1024)
    memory            = optional(number, 2048)
    minimum           = optional(number, 1)
    maximum           = optional(number, 10)
    messages_per_task = optional(number, 50)
    spot              = optional(bool, true)
    on_demand_base    = optional(number, 1)
    settings          = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.resizer.settings) : startswith(name, "SIGHTLINE_")])
    error_message = "Settings of ours begin with SIGHTLINE_."
  }

  validation {
    condition     = var.resizer.memory >= 1792
    error_message = "A process that decodes may take 1.25 GiB, and what is around it half of one."
  }
}

variable "picture_signing" {
  description = "Serve pictures through CloudFront by signed addresses: the public key (PEM) and a number that is raised with each new pair. Null, and S3 serves them by its own."
  type = object({
    public_key = string
    version    = number
  })
  default = null
}

variable "picture_private_key" {
  description = "The other half (PEM); needed only when the number is raised. Kept in Secrets Manager, and neither in the state nor in a plan."
  type        = string
  default     = null
  sensitive   = true
  ephemeral   = true
}

variable "upload_origins" {
  description = "Pages besides our own that may post uploads, such as http://localhost:5173 of a developer."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.upload_origins : can(regex("^https?://[^/*]+$", origin))])
    error_message = "Each is a scheme and a host, without a path and without a wildcard."
  }
}

variable "callback_urls" {
  description = "Pages besides our own that the log-in page may return to."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "mfa" {
  description = "Second factor: `OFF`, `OPTIONAL` or `ON`."
  type        = string
  default     = "OPTIONAL"
  nullable    = false
}

variable "self_sign_up" {
  description = "Whether people may sign up by themselves."
  type        = bool
  default     = true
  nullable    = false
}

variable "shell" {
  description = "Whether people with the right to may open a shell in a task."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_level" {
  description = "How much the services log."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days for which logs of all kinds are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731 days."
  }
}

variable "replaced_days" {
  description = "Days for which deleted and replaced originals can be had back; until then they take their space."
  type        = number
  default     = 30
  nullable    = false
}

variable "alert_emails" {
  description = "Who is told of alarms; each has to confirm once."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "max_p99_seconds" {
  description = "Seconds that one request in a hundred may take without an alarm."
  type        = number
  default     = 1
  nullable    = false
}

variable "budget" {
  description = "US dollars a month of which alerts are sent at a half, at nine tenths and when they will not be enough; null for none. `only_this_stack` counts by the tag `Stack`, which has to be activated in the billing console first."
  type = object({
    limit_usd       = number
    only_this_stack = optional(bool, false)
  })
  default = null
}

variable "price_class" {
  description = "Where CloudFront's edges are: `PriceClass_100` (North America and Europe), `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_100"
  nullable    = false
}

variable "requests_per_address" {
  description = "Requests of one address in five minutes, beyond which it has to wait."
  type        = number
  default     = 3000
  nullable    = false
}

variable "max_retries" {
  description = "How often a failed call to AWS is tried again."
  type        = number
  default     = 25
  nullable    = false
}
