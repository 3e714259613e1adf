# Validated by DNS. The validation records are the same for every certificate of a domain in an account,
# so only one of several certificates creates them.
resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = var.write_records ? toset([var.domain]) : []

  zone_id = var.zone_id
  name    = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name])
  type    = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_type])
  records = [for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn = aws_acm_certificate.this.arn

  depends_on = [aws_route53_record.validation]
}
