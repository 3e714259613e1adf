locals {
  # Length matters more than character classes. The local stack creates its pool with the same file.
  password_policy = jsondecode(file("${path.module}/password_policy.json"))
}

resource "aws_cognito_user_pool" "this" {
  name                = var.name
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  mfa_configuration   = var.mfa

  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  password_policy {
    minimum_length                   = local.password_policy.MinimumLength
    require_lowercase                = local.password_policy.RequireLowercase
    require_numbers                  = local.password_policy.RequireNumbers
    require_symbols                  = local.password_policy.RequireSymbols
    require_uppercase                = local.password_policy.RequireUppercase
    temporary_password_validity_days = local.password_policy.TemporaryPasswordValidityDays
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa == "OFF" ? [] : [1]

    content {
      enabled = true
    }
  }

  dynamic "email_configuration" {
    for_each = var.email == null ? [] : [var.email]

    content {
      email_sending_account = "DEVELOPER"
      from_email_address    = email_configuration.value.sender
      source_arn            = email_configuration.value.identity_arn
    }
  }

  admin_create_user_config {
    allow_admin_create_user_only = !var.self_sign_up
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # The old e-mail address stays valid until the new one is verified.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }
}

# Public client for browsers and the command line. It signs in with SRP, which does not send the
# password, or through the sign-in page with the authorization code flow and PKCE.
resource "aws_cognito_user_pool_client" "this" {
  name         = var.name
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret               = false
  explicit_auth_flows           = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  supported_identity_providers         = concat(["COGNITO"], [for provider in aws_cognito_identity_provider.this : provider.provider_name])
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email", "profile"]
  callback_urls                        = var.callback_urls
  logout_urls                          = var.logout_urls

  access_token_validity  = 60
  id_token_validity      = 60
  refresh_token_validity = 30

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = var.domain_prefix
  user_pool_id = aws_cognito_user_pool.this.id
}

resource "aws_cognito_user_group" "this" {
  for_each = var.groups

  name         = each.key
  description  = each.value
  user_pool_id = aws_cognito_user_pool.this.id
}
