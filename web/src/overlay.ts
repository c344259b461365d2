/** What the desk draws above the parcels: parcels as they would be, the line that is drawn, places where something is wrong. */
import type { GeoJSONSource, LayerSpecification, Map as MapLibreMap } from 'maplibre-gl';
import type { LonLat } from './api.ts';

/** A parcel as it would be. */
export interface Sketch {
  /** What it is called, by lines. */
  name: string;
  /** Rings, closed or not. */
  rings: LonLat[][];
}

const SKETCH = '#1b4f9c';
const DRAWN = '#d2560b';
const WRONG = '#c4161c';

const LAYERS: LayerSpecification[] = [
  {
    id: 'sketch-fill',
    type: 'fill',
    source: 'sketch',
    paint: { 'fill-color': SKETCH, 'fill-opacity': 0.12 },
  },
  {
    id: 'sketch-line',
    type: 'line',
    source: 'sketch',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': SKETCH, 'line-width': 2.5, 'line-dasharray': [3, 1.5] },
  },
  {
    id: 'sketch-label',
    type: 'symbol',
    source: 'sketch',
    layout: {
      'text-field': ['get', 'name'],
      'text-font': ['Inter Variable'],
      'text-size': 14,
      'text-allow-overlap': true,
    },
    paint: { 'text-color': SKETCH, 'text-halo-color': '#ffffff', 'text-halo-width': 2 },
  },
  {
    id: 'drawn-line',
    type: 'line',
    source: 'drawn',
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': DRAWN, 'line-width': 3 },
  },
  {
    id: 'drawn-points',
    type: 'circle',
    source: 'drawn',
    paint: {
      'circle-radius': 5,
      'circle-color': '#ffffff',
      'circle-stroke-color': DRAWN,
      'circle-stroke-width': 2.5,
    },
  },
  {
    id: 'wrong-places',
    type: 'circle',
    source: 'wrong',
    paint: {
      'circle-radius': 8,
      'circle-color': WRONG,
      'circle-opacity': 0.25,
      'circle-stroke-color': WRONG,
      'circle-stroke-width': 2.5,
    },
  },
];

export class Overlay {
  /** On a map that has loaded its style. */
  constructor(private readonly map: MapLibreMap) {
    for (const id of ['sketch', 'drawn', 'wrong']) {
      map.addSource(id, { type: 'geojson', data: collection([]) });
    }
    for (const layer of LAYERS) map.addLayer(layer);
  }

  sketch(parcels: Sketch[]): void {
    const polygons = parcels.map(({ name, rings }) => ({
      type: 'Feature' as const,
      properties: { name },
      geometry: { type: 'Polygon' as const, coordinates: rings.map(closed) },
    }));
    this.put('sketch', polygons);
  }

  line(points: LonLat[]): void {
    const line = { type: 'LineString' as const, coordinates: points };
    const drawn = points.length > 1 ? [{ type: 'Feature' as const, properties: {}, geometry: line }] : [];
    this.put('drawn', [...drawn, ...points.map(pointOf)]);
  }

  wrong(places: LonLat[]): void {
    this.put('wrong', places.map(pointOf));
  }

  private put(source: string, features: GeoJSON.Feature[]): void {
    this.map.getSource<GeoJSONSource>(source)?.setData(collection(features));
  }
}

function collection(features: GeoJSON.Feature[]): GeoJSON.FeatureCollection {
  return { type: 'FeatureCollection', features };
}

function pointOf(coordinates: LonLat): GeoJSON.Feature {
  return { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } };
}

function closed(ring: LonLat[]): LonLat[] {
  const [first] = ring;
  return first ? [...ring, first] : [];
}
