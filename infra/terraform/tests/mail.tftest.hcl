# Email: the SES identity of the domain, and when Cognito uses it.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment = "prod"
  region      = "eu-central-1"
}

run "identity_of_the_domain" {
  command = apply

  module {
    source = "./modules/mail"
  }

  variables {
    domain  = "photos.example.com"
    zone_id = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = [for record in aws_route53_record.dkim : record.name] == ["first._domainkey.photos.example.com", "second._domainkey.photos.example.com", "third._domainkey.photos.example.com"]
    error_message = "Each DKIM key must have a record."
  }

  assert {
    condition     = aws_route53_record.dkim[2].records == toset(["third.dkim.amazonses.com"])
    error_message = "A DKIM record must refer to the key at Amazon SES."
  }

  assert {
    condition     = aws_route53_record.return_path["MX"].records == toset(["10 feedback-smtp.eu-central-1.amazonses.com"]) && aws_route53_record.return_path["TXT"].records == toset(["v=spf1 include:amazonses.com ~all"])
    error_message = "The return path must receive bounces and be authenticated by SPF."
  }

  assert {
    condition     = aws_sesv2_email_identity_mail_from_attributes.this.mail_from_domain == aws_route53_record.return_path["MX"].name
    error_message = "The return path must have DNS records."
  }
}

run "user_pool_with_ses" {
  command = apply

  module {
    source = "./modules/identity"
  }

  variables {
    name                = "sightline-prod"
    domain_prefix       = "sightline-prod-123456789012"
    callback_urls       = ["https://photos.example.com"]
    deletion_protection = true
    email               = { sender = "Sightline <no-reply@photos.example.com>", identity_arn = "arn:aws:ses:eu-central-1:123456789012:identity/photos.example.com" }
  }

  assert {
    condition     = one(aws_cognito_user_pool.this.email_configuration).email_sending_account == "DEVELOPER" && one(aws_cognito_user_pool.this.email_configuration).source_arn == var.email.identity_arn
    error_message = "The user pool must send through the SES identity."
  }
}

run "stack_in_the_ses_sandbox" {
  command = plan

  variables {
    domain = "photos.example.com"
    email  = { sender = "no-reply@photos.example.com" }
  }

  assert {
    condition     = !output.sign_in.ses
    error_message = "Cognito must use its built-in email while SES is in the sandbox."
  }

  assert {
    condition     = !contains(keys(output.settings.notifier), "SIGHTLINE_EMAIL_SENDER")
    error_message = "The notifier must send no email while SES is in the sandbox."
  }
}

run "stack_with_ses_in_production" {
  command = apply

  variables {
    url_signing_private_key = "not used"

    domain = "photos.example.com"
    email  = { sender = "Sightline <no-reply@photos.example.com>", production = true }
  }

  assert {
    condition     = output.sign_in.ses
    error_message = "Cognito must use SES after production access is granted."
  }

  assert {
    condition     = output.settings.notifier.SIGHTLINE_EMAIL_SENDER == var.email.sender && contains(local.task_endpoints, "email")
    error_message = "The notifier must send email through the endpoint of SES."
  }

  assert {
    condition = alltrue([
      output.settings.notifier.SIGHTLINE_OWNER_MAX_IMAGES == output.settings.api.SIGHTLINE_OWNER_MAX_IMAGES,
      output.settings.notifier.SIGHTLINE_OWNER_MAX_BYTES == output.settings.api.SIGHTLINE_OWNER_MAX_BYTES,
      output.settings.notifier.SIGHTLINE_MONTHLY_CALLS == output.settings.worker.SIGHTLINE_MONTHLY_CALLS,
    ])
    error_message = "The notifier must warn of the limits that the api and the worker enforce."
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.notifier[0].statement : [statement.resources, statement.condition]
      if contains(statement.actions, "ses:SendEmail")
      ] == [[
        toset(["arn:aws:ses:eu-central-1:123456789012:identity/photos.example.com"]),
        toset([{ test = "StringEquals", variable = "ses:FromAddress", values = tolist(["no-reply@photos.example.com"]) }]),
    ]]
    error_message = "The notifier must be allowed to send from the configured sender only."
  }
}
