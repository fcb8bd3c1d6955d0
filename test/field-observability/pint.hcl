# Where rules come from does not matter to any of its checks, and there is no Prometheus to ask.
checks {
  disabled = [
    # Alerts and what they read are in groups of their own, as sloth has them: a rule sees what was recorded one evaluation earlier.
    "rule/dependency",
    # The name of a pod ends in what nobody can know.
    "promql/regexp",
  ]
}

# Nobody could act on an alert without these.
rule {
  match {
    kind = "alerting"
  }
  label "severity" {
    required = true
    value    = "page|ticket|info"
    severity = "bug"
  }
  label "service" {
    required = true
    severity = "bug"
  }
  annotation "runbook_url" {
    required = true
    value    = ".*/runbooks/[a-z0-9-]+\\.md"
    severity = "bug"
  }
  annotation "dashboard_url" {
    required = true
    severity = "bug"
  }
}

# It always fires, so that somebody notices when it stops.
rule {
  match {
    name = "Watchdog"
  }
  disable = ["alerts/comparison"]
}
