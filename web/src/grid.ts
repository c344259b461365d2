/** The grid of the tiles: which of them a place touches. */
import type { Box } from './api.ts';

/** A tile's address in Web Mercator. */
export interface TileAddress {
  z: number;
  x: number;
  y: number;
}

/** What a tile shows around itself, as a part of its side: 64 of 4,096 units. */
const BUFFER = 64 / 4096;

/** Those of the tiles that show something of the boxes, were it only in their buffer. */
export function touchedTiles<Tile extends TileAddress>(tiles: Tile[], boxes: Box[]): Tile[] {
  const places = boxes.map(inSquare);
  return tiles.filter((tile) => places.some((place) => touches(tile, place)));
}

function touches({ z, x, y }: TileAddress, [left, top, right, bottom]: Box): boolean {
  const across = 2 ** z;
  const isBeside = right * across < x - BUFFER || left * across > x + 1 + BUFFER;
  const isAboveOrBelow = bottom * across < y - BUFFER || top * across > y + 1 + BUFFER;
  return !isBeside && !isAboveOrBelow;
}

/** A box in parts of the Mercator square, from its upper left corner: left, top, right, bottom. */
function inSquare([west, south, east, north]: Box): Box {
  return [alongX(west), alongY(north), alongX(east), alongY(south)];
}

function alongX(lon: number): number {
  return (lon + 180) / 360;
}

function alongY(lat: number): number {
  return (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
}
