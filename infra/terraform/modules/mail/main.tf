data "aws_region" "current" {}

locals {
  return_path = "mail.${var.domain}"
}

# Amazon SES signs with DKIM keys that it creates and rotates itself (Easy DKIM).
resource "aws_sesv2_email_identity" "this" {
  email_identity = var.domain

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

# SES always creates three keys.
resource "aws_route53_record" "dkim" {
  count = 3

  zone_id = var.zone_id
  name    = "${aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens[count.index]}._domainkey.${var.domain}"
  type    = "CNAME"
  ttl     = 1800
  records = ["${aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens[count.index]}.dkim.amazonses.com"]
}

# The return path is a subdomain, so that SPF authenticates the domain of the sender, too.
# https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = local.return_path
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

resource "aws_route53_record" "return_path" {
  for_each = {
    MX  = "10 feedback-smtp.${data.aws_region.current.id}.amazonses.com"
    TXT = "v=spf1 include:amazonses.com ~all"
  }

  zone_id = var.zone_id
  name    = local.return_path
  type    = each.key
  ttl     = 1800
  records = [each.value]
}
