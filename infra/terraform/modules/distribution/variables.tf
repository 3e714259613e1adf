variable "name" {
  description = "Name prefix of the resources."
  type        = string
  nullable    = false
}

variable "aliases" {
  description = "Alternate domain names; empty uses only the domain name that CloudFront assigns."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "zone_id" {
  description = "ID of the Route 53 hosted zone of the aliases; null without aliases."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "ARN of the certificate of the aliases, in us-east-1; null without aliases."
  type        = string
  default     = null
}

variable "price_class" {
  description = "CloudFront price class: `PriceClass_100` (North America and Europe), `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "The price class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "web_acl_arn" {
  description = "ARN of the web ACL; null for none."
  type        = string
  default     = null
}

variable "web_domain_name" {
  description = "Domain name of the bucket of the web application."
  type        = string
  nullable    = false
}

variable "api" {
  description = "Origin of the API: its load balancer, and the path patterns that are routed to it."
  type = object({
    load_balancer_arn = string
    domain_name       = string
    paths             = list(string)
  })
  nullable = false
}

variable "renditions_domain_name" {
  description = "Domain name of the renditions bucket."
  type        = string
  nullable    = false
}

variable "renditions_path" {
  description = "Path pattern of the renditions."
  type        = string
  default     = "/renditions/*"
  nullable    = false
}

variable "url_signing_public_key" {
  description = "Public key (PEM, RSA 2048) that verifies signed image URLs. Null: CloudFront serves no images."
  type        = string
  default     = null

  validation {
    condition     = var.url_signing_public_key == null || can(regex("^-----BEGIN PUBLIC KEY-----", var.url_signing_public_key))
    error_message = "The public key must be in PEM format, starting with -----BEGIN PUBLIC KEY-----."
  }
}

variable "other_public_keys" {
  description = "Public keys (PEM) whose signatures are also accepted, such as the previous and the next key during a rotation."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "renditions_ttl_seconds" {
  description = "Time for which CloudFront serves a rendition from its caches without revalidating it, in seconds. A deleted rendition can be read for that long."
  type        = number
  default     = 300
  nullable    = false
}

variable "hsts_preload" {
  description = "Whether the Strict-Transport-Security header covers all subdomains and permits inclusion in the preload lists of browsers."
  type        = bool
  default     = false
  nullable    = false
}

variable "connect_sources" {
  description = "Additional connect-src origins of the Content Security Policy."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "image_sources" {
  description = "Additional img-src origins of the Content Security Policy."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "access_log" {
  description = "Bucket and prefix for access logs."
  type = object({
    bucket_arn = string
    prefix     = string
  })
  nullable = false
}
