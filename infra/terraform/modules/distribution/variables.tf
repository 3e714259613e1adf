variable "name" {
  description = "Prefix of every name."
  type        = string
  nullable    = false
}

variable "aliases" {
  description = "Names of one's own; none, and CloudFront's own name is used."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "zone_id" {
  description = "Zone of Route 53 that these names are in; null without any."
  type        = string
  default     = null
}

variable "certificate_arn" {
  description = "Certificate for these names, in us-east-1; null without any."
  type        = string
  default     = null
}

variable "price_class" {
  description = "Where the edges are: `PriceClass_100` (North America and Europe), `PriceClass_200` or `PriceClass_All`."
  type        = string
  default     = "PriceClass_100"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "web_acl_arn" {
  description = "Firewall in front of it; null for none."
  type        = string
  default     = null
}

variable "web_domain_name" {
  description = "Host name of the web application's bucket."
  type        = string
  nullable    = false
}

variable "api" {
  description = "The API: its load balancer, and the paths that lead there."
  type = object({
    load_balancer_arn = string
    domain_name       = string
    paths             = list(string)
  })
  nullable = false
}

variable "pictures_domain_name" {
  description = "Host name of the bucket of pictures."
  type        = string
  nullable    = false
}

variable "pictures_path" {
  description = "Paths that lead to the pictures."
  type        = string
  default     = "/renditions/*"
  nullable    = false
}

variable "picture_public_key" {
  description = "Public key (PEM, RSA 2048) that checks signed addresses of pictures; null, and none are served here."
  type        = string
  default     = null

  validation {
    condition     = var.picture_public_key == null || can(regex("^-----BEGIN PUBLIC KEY-----", var.picture_public_key))
    error_message = "A public key in PEM begins with -----BEGIN PUBLIC KEY-----."
  }
}

variable "connect_sources" {
  description = "Where the web application may send requests to, apart from its own address."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "image_sources" {
  description = "Where the web application may load pictures from, apart from its own address."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "access_log" {
  description = "Bucket and prefix that requests are logged to."
  type = object({
    bucket_arn = string
    prefix     = string
  })
  nullable = false
}
