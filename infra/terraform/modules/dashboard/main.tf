data "aws_region" "current" {}

locals {
  region = data.aws_region.current.id

  # Sizes in units of the grid, which is 24 units wide.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  width          = 12
  height         = 6
  heading_height = 1

  sections = [
    { title = "Objectives", axis = { max = 100 }, graphs = local.objectives },
    { title = "Images", axis = { min = 0 }, graphs = local.images },
    { title = "Requests", axis = { min = 0 }, graphs = local.requests },
    { title = "Infrastructure", axis = { min = 0 }, graphs = local.infrastructure },
  ]

  heights = [for section in local.sections : local.heading_height + local.height * ceil(length(section.graphs) / 2)]
  tops    = [for index, height in local.heights : sum(concat([0], slice(local.heights, 0, index)))]

  headings = [
    for index, section in local.sections : {
      type       = "text"
      x          = 0
      y          = local.tops[index]
      width      = 2 * local.width
      height     = local.heading_height
      properties = { markdown = "## ${section.title}" }
    }
  ]

  graphs = flatten([
    for index, section in local.sections : [
      for position, graph in section.graphs : {
        type   = "metric"
        x      = local.width * (position % 2)
        y      = local.tops[index] + local.heading_height + local.height * floor(position / 2)
        width  = local.width
        height = local.height
        properties = merge(
          {
            title   = graph.title
            view    = "timeSeries"
            region  = local.region
            stat    = graph.stat
            period  = 60
            metrics = graph.metrics
            yAxis   = { left = section.axis }
          },
          try({ annotations = { horizontal = [{ label = "objective", value = graph.threshold }] } }, {}),
        )
      }
    ]
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = concat(local.headings, local.graphs) })
}
