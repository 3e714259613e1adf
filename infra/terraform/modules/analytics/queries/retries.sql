-- Images by the number of additional attempts that both parts needed, and how these images ended.
SELECT
  retries,
  count(*) AS images,
  count(CASE WHEN status = 'failed' THEN 1 END) AS failed,
  avg(seconds_to_ready) AS mean_seconds_to_ready
FROM images
WHERE status IN ('ready', 'failed')
GROUP BY retries
ORDER BY retries
