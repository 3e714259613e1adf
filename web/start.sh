#!/bin/sh
# Writes config.json and the origin of map tiles for the Content Security Policy, and starts nginx. The root file system
# is read-only, and the image is the same in every environment.
set -eu
folder=${TMPDIR:-/tmp}
printf '%s' "$SIGHTLINE_WEB_CONFIG" > "$folder/config.json"
# The only URL of this name is that of `tiles`.
origin=$(sed -n 's|.*"url": *"\(https\{0,1\}://[A-Za-z0-9.:-]*\)/.*|\1|p' "$folder/config.json")
printf 'set $tiles "%s";\n' "$origin" > "$folder/tiles.conf"
exec nginx -g 'daemon off;'
