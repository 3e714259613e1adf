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
  callback_urls       = toset(concat([local.web_url, "${local.web_url}/"], var.callback_urls))
  mfa                 = var.mfa
  self_sign_up        = var.self_sign_up
  deletion_protection = local.protected

  email = var.email == null ? null : !var.email.production ? null : {
    sender       = var.email.sender
    identity_arn = module.mail[0].identity_arn
  }

  groups = {
    admins = "Operators of the service."
  }
}

locals {
  token_issuer = "https://cognito-idp.${var.region}.amazonaws.com/${module.identity.pool_id}"
  jwks_url     = local.use_jwks_proxy ? module.jwks_proxy[0].url : "${local.token_issuer}/.well-known/jwks.json"
}
