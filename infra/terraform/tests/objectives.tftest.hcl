# Alarms of the service-level objectives.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks"
}

variables {
  environment = "dev"
  region      = "eu-central-1"
}

run "metrics_have_the_namespace_that_the_services_write" {
  command = apply

  variables {
    objectives              = true
    url_signing_private_key = "not used"
  }

  assert {
    condition     = output.settings.worker.SIGHTLINE_METRICS == "emf"
    error_message = "The services must write metrics."
  }

  assert {
    condition     = alltrue([for metric in values(module.images_objective[0].metrics) : metric.namespace == output.settings.worker.SIGHTLINE_METRICS_NAMESPACE])
    error_message = "The alarms must read the namespace that the services write."
  }

  assert {
    condition     = length(module.requests_objective[0].alarm_arns) == 2
    error_message = "Each objective must notify of a fast and of a slow burn."
  }

  assert {
    condition     = join(",", [for name in sort(keys(module.requests_objective[0].thresholds)) : format("%s=%.2f", name, module.requests_objective[0].thresholds[name])]) == "fast-long=1.44,fast-short=1.44,slow-long=0.60,slow-short=0.60"
    error_message = "The thresholds must be multiples of the error budget."
  }
}
