# Machine clients: programs that sign in with client credentials. Cognito generates their secrets. The
# state holds each one as `client_secret` of its app client, and no output does; read one with
# `aws cognito-idp describe-user-pool-client`.

locals {
  # The API expects this identifier before each scope (sightline_api/auth/tokens.py).
  resource_server = "sightline"

  # The scopes of API keys (sightline/domain/api_keys.py).
  scopes = {
    "images:read"  = "List, search and download images."
    "images:write" = "Upload, change and delete images."
    "albums:write" = "Create, change and delete albums."
    "account:read" = "Read usage, and export the account."
  }
}

resource "aws_cognito_resource_server" "this" {
  count = length(var.machine_clients) > 0 ? 1 : 0

  identifier   = local.resource_server
  name         = "${var.name} API"
  user_pool_id = aws_cognito_user_pool.this.id

  dynamic "scope" {
    for_each = local.scopes

    content {
      scope_name        = scope.key
      scope_description = scope.value
    }
  }
}

# One confidential client per service, so that each can be revoked on its own.
resource "aws_cognito_user_pool_client" "machine" {
  for_each = var.machine_clients

  name         = "${var.name}-${each.key}"
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret                      = true
  explicit_auth_flows                  = []
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = [for scope in each.value : "${aws_cognito_resource_server.this[0].identifier}/${scope}"]
  access_token_validity                = 60

  token_validity_units {
    access_token = "minutes"
  }
}
