# Ingress: CloudFront in front of an internal load balancer.

locals {
  signed  = var.url_signing != null
  zone_id = var.domain == null ? null : data.aws_route53_zone.this[0].zone_id

  s3_hosts = {
    for role in ["originals", "renditions"] : role => [
      "https://${local.buckets[role]}.s3.${var.region}.amazonaws.com",
      "https://${local.buckets[role]}.s3.amazonaws.com",
    ]
  }
}

data "aws_route53_zone" "this" {
  count = var.domain == null ? 0 : 1

  name = coalesce(var.hosted_zone, var.domain)
}

# One certificate for CloudFront and one for the load balancer, with the same domain: CloudFront
# forwards the Host header of the viewer.
module "edge_certificate" {
  count = var.domain == null ? 0 : 1

  source = "./modules/certificate"

  domain  = var.domain
  zone_id = local.zone_id

  providers = { aws = aws.us_east_1 }
}

module "certificate" {
  count = var.domain == null ? 0 : 1

  source = "./modules/certificate"

  domain        = var.domain
  zone_id       = local.zone_id
  write_records = false

  depends_on = [module.edge_certificate]
}

module "load_balancer" {
  source = "./modules/load_balancer"

  name                     = local.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  port                     = local.ports.api
  target_security_group_id = module.api.security_group_id
  certificate_arn          = one(module.certificate[*].arn)
  test                     = local.canary ? { port = local.test_port, security_group_id = module.canary[0].security_group_id } : null
  deletion_protection      = local.protected
  access_log               = { bucket = module.logs.name, prefix = "load-balancer" }
  max_p99_seconds          = var.max_p99_seconds
  alerts_topic_arn         = module.alerts_topic.arn
}

module "firewall" {
  count = var.firewall ? 1 : 0

  source = "./modules/firewall"

  name                 = local.name
  requests_per_address = var.requests_per_address
  max_body_bytes       = tonumber(lookup(var.api.settings, "SIGHTLINE_MAX_REQUEST_BYTES", "1048576")) # the default of the API
  log_retention_days   = var.log_retention_days

  providers = { aws = aws.us_east_1 }
}

module "distribution" {
  source = "./modules/distribution"

  name                   = local.name
  aliases                = var.domain == null ? [] : [var.domain]
  zone_id                = local.zone_id
  certificate_arn        = one(module.edge_certificate[*].arn)
  price_class            = var.price_class
  web_acl_arn            = one(module.firewall[*].arn)
  web_domain_name        = module.web.regional_domain_name
  renditions_domain_name = module.renditions.regional_domain_name
  renditions_path        = "/${local.renditions_prefix}*"
  url_signing_public_key = try(var.url_signing.public_key, null)
  other_public_keys      = try(var.url_signing.other_public_keys, [])
  hsts_preload           = var.hsts_preload

  image_sources = concat(
    local.signed ? [] : local.s3_hosts.renditions,
    var.map_tiles == null ? [] : [regex("^https://[^/]+", var.map_tiles.url)],
  )

  # The web application signs in with Cognito and uploads to S3. Its service worker loads the images.
  connect_sources = concat(
    local.s3_hosts.originals,
    local.signed ? [] : local.s3_hosts.renditions,
    [
      "https://cognito-idp.${var.region}.amazonaws.com",
      "https://${local.name}-${local.account}.auth.${var.region}.amazoncognito.com",
    ],
  )

  api = {
    load_balancer_arn = module.load_balancer.arn
    domain_name       = module.load_balancer.domain_name
    paths             = ["/v1/*", "/health", "/docs", "/docs/*", "/openapi.json"]
  }

  # Uses the output instead of local.buckets, so that the bucket policy for log delivery exists first.
  access_log = { bucket_arn = "arn:aws:s3:::${module.logs.name}", prefix = "cloudfront" }

  providers = { aws = aws.us_east_1 }
}

module "url_signing_key" {
  count = local.signed ? 1 : 0

  source = "./modules/secret"

  name          = "${local.name}/url-signing-key"
  description   = "Private key that signs image URLs."
  kms_key_arn   = module.key.arn
  recovery_days = local.protected ? 30 : 0
  value         = var.url_signing_private_key
  value_version = var.url_signing.version
}
