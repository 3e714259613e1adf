-- Seconds from the upload to `ready` by size of the original. Percentiles are exact (nearest rank).
WITH sized AS (
  SELECT
    CASE
      WHEN bytes < 1000000 THEN 1
      WHEN bytes < 4000000 THEN 2
      WHEN bytes < 8000000 THEN 3
      ELSE 4
    END AS class,
    seconds_to_ready
  FROM images
  WHERE seconds_to_ready IS NOT NULL
),
ranked AS (
  SELECT
    class,
    seconds_to_ready,
    row_number() OVER (PARTITION BY class ORDER BY seconds_to_ready) AS position,
    count(*) OVER (PARTITION BY class) AS images
  FROM sized
)
SELECT
  CASE class WHEN 1 THEN 'below 1 MB' WHEN 2 THEN '1 to 4 MB' WHEN 3 THEN '4 to 8 MB' ELSE '8 MB and more' END AS size,
  count(*) AS images,
  min(CASE WHEN position * 2 >= images THEN seconds_to_ready END) AS p50_seconds,
  min(CASE WHEN position * 20 >= images * 19 THEN seconds_to_ready END) AS p95_seconds,
  max(seconds_to_ready) AS max_seconds
FROM ranked
GROUP BY class
ORDER BY class
