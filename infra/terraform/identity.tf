module "mail" {
  count = var.email == null ? 0 : 1

  source = "./modules/mail"

  domain  = var.domain
  zone_id = local.zone_id
}

module "identity" {
  source = "./modules/identity"

  name                = local.name
  domain_prefix       = "${local.name}-${local.account}"
  callback_urls       = toset(concat(local.sign_in_urls, [local.web_url, "${local.web_url}/"], var.callback_urls))
  logout_urls         = [local.web_url, "${local.web_url}/"]
  mfa                 = var.mfa
  self_sign_up        = var.self_sign_up
  machine_clients     = var.machine_clients
  deletion_protection = local.protected

  identity_providers        = var.identity_providers
  identity_provider_secrets = var.identity_provider_secrets

  email = var.email == null ? null : !var.email.production ? null : {
    sender       = var.email.sender
    identity_arn = module.mail[0].identity_arn
  }

  groups = {
    admins = "Operators of the service."
  }
}

locals {
  # The web application, and the ports on which `sightline login --browser` waits for its redirect
  # (clients/cli/src/sightline_cli/browser.py). RFC 8252, section 7.3.
  sign_in_urls = concat(
    ["${local.web_url}/sign-in/callback"],
    [for port in [47821, 47822, 47823] : "http://127.0.0.1:${port}/callback"],
  )
  sign_in_domain = "https://${module.identity.domain}.auth.${var.region}.amazoncognito.com"

  token_issuer = "https://cognito-idp.${var.region}.amazonaws.com/${module.identity.pool_id}"
  jwks_url     = local.use_jwks_proxy ? module.jwks_proxy[0].url : "${local.token_issuer}/.well-known/jwks.json"
}
