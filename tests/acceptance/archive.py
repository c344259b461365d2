"""Reads archives and tilesets with programs of others: the PyPI package pmtiles, and GDAL by pyogrio. Prints JSON."""

import gzip
import json
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pyogrio
from pmtiles.reader import MmapSource, Reader, all_tiles


def served(url, z, x, y):
    """A tile as the server sends it, compressed."""
    request = urllib.request.Request(f"{url}/tiles/parcels/{z}/{x}/{y}", headers={"accept-encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        return answer.read()


def tiles(path, url):
    """Compares every tile of an archive, and all around them, with what a server sends."""
    with open(path, "rb") as file:
        source = MmapSource(file)
        reader = Reader(source)
        header, metadata = reader.header(), reader.metadata()
        archived = dict(all_tiles(source))
        for (z, x, y), content in archived.items():
            assert reader.get(z, x, y) == content, "reading by address and in order differ"
    around = set()
    for zoom in range(header["min_zoom"], header["max_zoom"] + 1):
        columns, rows = zip(*((x, y) for z, x, y in archived if z == zoom))
        box = product(range(min(columns) - 1, max(columns) + 2), range(min(rows) - 1, max(rows) + 2))
        side = range(2**zoom)
        around |= {(zoom, x, y) for x, y in box if x in side and y in side}
    assert around.issuperset(archived)

    def difference(address):
        from_server = served(url, *address)
        if address in archived:
            return None if archived[address] == from_server else address
        return address if gzip.decompress(from_server) else None

    with ThreadPoolExecutor(4) as workers:
        different = [address for address in workers.map(difference, sorted(around)) if address]
    plain = {key: value for key, value in header.items() if isinstance(value, (int, bool))}
    kinds = {key: header[key].name for key in ("internal_compression", "tile_compression", "tile_type")}
    return {
        "different": different,
        "compared": len(around),
        "tiles": sorted(archived),
        "contents": len(set(archived.values())),
        "header": plain | kinds,
        "metadata": metadata,
    }


def layers(path, *zooms):
    """What GDAL finds in an archive: layers, their fields, and how many features they have at each zoom."""
    found = {}
    for name, _ in pyogrio.list_layers(path):
        read = {zoom: pyogrio.read_info(path, layer=name, force_feature_count=True, ZOOM_LEVEL=zoom) for zoom in zooms}
        fields = {field: kind for info in read.values() for field, kind in zip(info["fields"], info["dtypes"])}
        found[name] = {"fields": fields, "features": {zoom: int(info["features"]) for zoom, info in read.items()}}
    return found


def tileset(url, west, south, east, north, *levels):
    """The ids of the features that GDAL finds by OGC API in the first layer of the tiles of each level; the box is in metres."""
    # The driver takes boxes of collections for degrees, and those of its options for what the tile matrix set has.
    box = {"MINX": west, "MINY": south, "MAXX": east, "MAXY": north}
    found = {}
    for level in levels:
        read = pyogrio.raw.read(f"OGCAPI:{url}", layer=f"Zoom level {level}", columns=["mvt_id"], **box)
        (ids,) = read[3]
        found[level] = sorted({int(number) for number in ids if number == number})
    return found


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"tiles": tiles, "layers": layers, "tileset": tileset}[command](*arguments)))
