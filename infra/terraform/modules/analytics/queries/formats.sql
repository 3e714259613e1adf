-- Resized images by detected format, with sizes, and how many were declared as another format.
SELECT
  format,
  count(*) AS images,
  sum(bytes) AS bytes,
  avg(CAST(width AS DOUBLE) * height / 1e6) AS mean_megapixels,
  max(CAST(width AS DOUBLE) * height / 1e6) AS max_megapixels,
  count(CASE WHEN media_type <> format THEN 1 END) AS declared_otherwise
FROM images
WHERE format IS NOT NULL
GROUP BY format
ORDER BY images DESC, format
