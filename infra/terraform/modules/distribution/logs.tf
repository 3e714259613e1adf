# Access logs, delivered to the log bucket. The query string is left out, because it contains signatures.
resource "aws_cloudwatch_log_delivery_source" "this" {
  name         = var.name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  name          = "${var.name}-s3"
  output_format = "json"

  delivery_destination_configuration {
    destination_resource_arn = "${var.access_log.bucket_arn}/${var.access_log.prefix}"
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  delivery_source_name     = aws_cloudwatch_log_delivery_source.this.name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this.arn

  record_fields = [
    "timestamp",
    "c-ip",
    "c-country",
    "cs-method",
    "cs-uri-stem",
    "cs(User-Agent)",
    "sc-status",
    "sc-bytes",
    "time-taken",
    "x-edge-location",
    "x-edge-result-type",
    "x-edge-request-id",
    "ssl-protocol",
  ]
}
