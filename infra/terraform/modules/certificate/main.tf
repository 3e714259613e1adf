# Proved by records in the zone. They are the same for every certificate of one name in one account,
# so only one of several writes them.
resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  for_each = var.write_records ? toset([var.domain]) : []

  zone_id = var.zone_id
  name    = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name])
  type    = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_type])
  records = [for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value]
  ttl     = 300
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn = aws_acm_certificate.this.arn

  depends_on = [aws_route53_record.proof]
}
