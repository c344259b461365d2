/** A street of equal parcels, so that every area and place of the story is worked out by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The south-western corner of parcel 1, in metres of zone EPSG:9210. */
const [EAST, NORTH] = [603_000, 1_192_000];
/** Each parcel is so wide, and so deep northwards from the road. */
export const [WIDE_M, DEEP_M] = [20, 30];
/** The road has the last number. */
const ROAD = { number: 4, depth_m: 6 };

/** The south-western corner of a parcel. */
export const cornerOf = (number) => [EAST + WIDE_M * (number - 1), NORTH];

/** A closed ring from its south-western corner, width and depth. */
function rectangle([west, south], wide_m, deep_m) {
  const [east, north] = [west + wide_m, south + deep_m];
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

function parcel(number, ring, use, area_m2) {
  return {
    type: 'Feature',
    properties: {
      MaXa: '99001',
      SoHieuToBanDo: 1,
      SoThuTuThua: number,
      DienTich: area_m2,
      DienTichPhapLy: area_m2,
      KyHieuMucDichSuDung: use,
      DiaChi: 'Ấp Phước Nhất',
      TyLe: 500,
    },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

/** Writes the parcels and their register: three neighbours' land in a row north of a road. Gives the files. */
export function street(folder) {
  const land = [1, 2, 3].map((number) =>
    parcel(number, rectangle(cornerOf(number), WIDE_M, DEEP_M), 'ONT', WIDE_M * DEEP_M),
  );
  const [west, south] = cornerOf(1);
  const road = rectangle([west, south - ROAD.depth_m], 3 * WIDE_M, ROAD.depth_m);
  land.push(parcel(ROAD.number, road, 'DGT', 3 * WIDE_M * ROAD.depth_m));
  const parcels = join(folder, 'street.geojson');
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::9210' } };
  writeFileSync(parcels, JSON.stringify({ type: 'FeatureCollection', crs, features: land }));
  const rows = [
    'Mã xã,Số tờ,Số thửa,Loại chủ,Tên chủ,Số giấy tờ,Năm sinh,Nơi thường trú,Tỷ lệ,Số phát hành,Số vào sổ,Ngày cấp,Mục đích,Diện tích,Nguồn gốc,Thời hạn',
    ...[
      ['1', 'Lê Văn Một', '000055000001', 'BT 000001', 'CH 00001'],
      ['2', 'Nguyễn Văn Sơn', '000055000002', 'BT 000002', 'CH 00002'],
      ['3', 'Phạm Thị Ba', '000055000003', 'BT 000003', 'CH 00003'],
    ].map(
      ([number, name, no, serial, entry]) =>
        `99001,1,${number},Cá nhân,${name},${no},1955,ấp Phước Nhất,1,${serial},${entry},17/12/2016,ONT,600,DG-CTT,Lâu dài`,
    ),
  ];
  const register = join(folder, 'register.csv');
  writeFileSync(register, `${rows.join('\n')}\n`);
  return [parcels, register];
}
