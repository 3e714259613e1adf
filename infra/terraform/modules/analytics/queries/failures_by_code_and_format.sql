-- Failed parts of images by part, code and format: the detected one, or the declared one if none was detected.
WITH failures AS (
  SELECT 'recognition' AS part, recognition_failure AS code, coalesce(format, media_type) AS format, owner_hash
  FROM images
  WHERE recognition_failure IS NOT NULL
  UNION ALL
  SELECT 'renditions' AS part, renditions_failure AS code, coalesce(format, media_type) AS format, owner_hash
  FROM images
  WHERE renditions_failure IS NOT NULL
)
SELECT part, code, format, count(*) AS images, count(DISTINCT owner_hash) AS owners
FROM failures
GROUP BY part, code, format
ORDER BY images DESC, part, code, format
