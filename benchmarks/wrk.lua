-- Sends the request that the environment describes, and prints the result as one line of JSON.

wrk.method = os.getenv("BENCHMARK_METHOD")
wrk.body = os.getenv("BENCHMARK_BODY")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCHMARK_TOKEN")

function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format('{"rate": %f, "p50": %f, "p99": %f, "requests": %d, "failed": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    summary.requests, failed))
end
