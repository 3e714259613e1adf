# Sign-in with accounts of other organizations: social, SAML and OIDC identity providers. The state
# holds the client secrets in `provider_details`.
resource "aws_cognito_identity_provider" "this" {
  for_each = var.identity_providers

  user_pool_id      = aws_cognito_user_pool.this.id
  provider_name     = each.key
  provider_type     = each.value.type
  provider_details  = merge(each.value.details, { for secret in [lookup(var.identity_provider_secrets, each.key, null)] : "client_secret" => secret if secret != null })
  attribute_mapping = each.value.attribute_mapping
  idp_identifiers   = each.value.identifiers
}
