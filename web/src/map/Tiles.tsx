import { worldPixels, type Size, type Viewport } from "./viewport";

interface Props {
  /** Template with `{z}`, `{x}` and `{y}`. */
  url: string;
  viewport: Viewport;
  size: Size;
}

/** Raster tiles of a map server, over the base map. */
export function Tiles({ url, viewport, size }: Props) {
  return (
    <div className="map-tiles" aria-hidden="true">
      {findTiles(viewport, size).map(({ level, column, row, left, top, width, height }) => (
        <img
          key={`${level}/${column}/${row}`}
          src={url.replace("{z}", String(level)).replace("{x}", String(wrapColumn(column, level))).replace("{y}", String(row))}
          alt=""
          draggable={false}
          style={{ left, top, width, height }}
        />
      ))}
    </div>
  );
}

export interface Tile {
  level: number;
  /** May be beyond the world, which repeats. */
  column: number;
  row: number;
  /** CSS pixels on the map. Tiles next to each other have no gap. */
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Return the tiles that are visible, of the level whose scale is nearest. */
export function findTiles(viewport: Viewport, { width, height }: Size): Tile[] {
  const level = Math.round(viewport.zoom);
  const count = 2 ** level;
  const side = worldPixels(viewport) / count;
  const west = width / 2 - viewport.x * count * side;
  const north = height / 2 - viewport.y * count * side;
  const [left, top] = [(column: number) => Math.round(west + column * side), (row: number) => Math.round(north + row * side)];
  const columns = range(Math.floor(-west / side), Math.ceil((width - west) / side));
  const rows = range(Math.max(0, Math.floor(-north / side)), Math.min(count, Math.ceil((height - north) / side)));
  return rows.flatMap((row) =>
    columns.map((column) => ({
      level,
      column,
      row,
      left: left(column),
      top: top(row),
      width: left(column + 1) - left(column),
      height: top(row + 1) - top(row),
    })),
  );
}

function range(from: number, until: number): number[] {
  return Array.from({ length: Math.max(0, until - from) }, (_, at) => from + at);
}

/** Return the column within the world. */
function wrapColumn(column: number, level: number): number {
  const count = 2 ** level;
  return ((column % count) + count) % count;
}
