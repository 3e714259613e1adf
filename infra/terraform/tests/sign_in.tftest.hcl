# Sign-in: machine clients, and identity providers.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "clients" {
  command = apply

  module {
    source = "./modules/identity"
  }

  variables {
    name                = "sightline-prod"
    domain_prefix       = "sightline-prod-123456789012"
    callback_urls       = ["https://photos.example.com/sign-in/callback"]
    logout_urls         = ["https://photos.example.com"]
    deletion_protection = true

    machine_clients = {
      importer = ["images:write"]
      reporter = ["images:read", "account:read"]
    }

    identity_providers = {
      Google = {
        type    = "Google"
        details = { client_id = "google", authorize_scopes = "openid email" }
      }
      Staff = {
        type        = "SAML"
        details     = { MetadataURL = "https://sso.example.com/metadata" }
        identifiers = ["example.com"]
      }
    }
    identity_provider_secrets = { Google = "secret" }
  }

  assert {
    condition     = aws_cognito_resource_server.this[0].identifier == "sightline" && toset(aws_cognito_resource_server.this[0].scope[*].scope_name) == toset(["images:read", "images:write", "albums:write", "account:read"])
    error_message = "The resource server must have the scopes of API keys."
  }

  assert {
    condition = alltrue([
      for client in aws_cognito_user_pool_client.machine :
      client.generate_secret && client.allowed_oauth_flows == toset(["client_credentials"]) && length(client.explicit_auth_flows) == 0
    ])
    error_message = "A machine client must have a secret and client credentials only."
  }

  assert {
    condition     = aws_cognito_user_pool_client.machine["reporter"].allowed_oauth_scopes == toset(["sightline/images:read", "sightline/account:read"])
    error_message = "A machine client must have its own scopes only."
  }

  assert {
    condition     = keys(output.machine_client_ids) == ["importer", "reporter"]
    error_message = "The API must get the ID of each machine client."
  }

  assert {
    condition     = toset(aws_cognito_user_pool_client.this.supported_identity_providers) == toset(["COGNITO", "Google", "Staff"])
    error_message = "People must be able to sign in with each identity provider."
  }

  assert {
    condition     = aws_cognito_identity_provider.this["Google"].provider_details["client_secret"] == "secret" && !contains(keys(aws_cognito_identity_provider.this["Staff"].provider_details), "client_secret")
    error_message = "An identity provider must get its own client secret."
  }

  assert {
    condition     = aws_cognito_user_pool_client.this.logout_urls == toset(["https://photos.example.com"])
    error_message = "Signing out must return to the web application."
  }
}

run "rejected" {
  command = plan

  module {
    source = "./modules/identity"
  }

  variables {
    name                = "sightline-dev"
    domain_prefix       = "sightline-dev-123456789012"
    callback_urls       = ["https://photos.example.com"]
    deletion_protection = true
    machine_clients     = { importer = ["images:delete"] }

    identity_providers = {
      COGNITO = {
        type    = "OIDC"
        details = { client_secret = "secret" }
      }
    }
  }

  expect_failures = [var.machine_clients, var.identity_providers]
}
