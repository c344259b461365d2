-- Why: PostGIS, left to choose, takes EPSG:5194 around Ho Chi Minh City (0.8 m off, another parcel code). It ignores proj4text
-- where auth_name is EPSG, so the zones stand here under private SRIDs (900000 + EPSG code) with auth_name null and the seven
-- parameters of Decision 05/2007/QĐ-BTNMT (EPSG:6960), rotations in the position-vector signs that TOWGS84 wants. The datum has
-- a name of its own: GDAL, seeing the known one, drops TOWGS84 and falls into the same trap. Only zone → 4326 is to be used:
-- the way back is up to 1.4 mm off the exact inverse.

with shift (towgs84) as (
    values ('-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278')
), geographic as (
    select towgs84, 'GEOGCS["VN-2000, shift of Decision 05/2007",DATUM["VN_2000_Decision_05_2007",SPHEROID["WGS 84",6378137,298.257223563],TOWGS84['
        || towgs84 || ']],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]' as wkt
    from shift
), zone (code, name, meridian, scale) as (values
    (5896, 'TM-3 zone 481', '102', '0.9999'), (5897, 'TM-3 zone 482', '105', '0.9999'), (5898, 'TM-3 zone 491', '108', '0.9999'),
    (5899, 'TM-3 107-45', '107.75', '0.9999'), (9205, 'TM-3 103-00', '103', '0.9999'), (9206, 'TM-3 104-00', '104', '0.9999'),
    (9207, 'TM-3 104-30', '104.5', '0.9999'), (9208, 'TM-3 104-45', '104.75', '0.9999'), (9209, 'TM-3 105-30', '105.5', '0.9999'),
    (9210, 'TM-3 105-45', '105.75', '0.9999'), (9211, 'TM-3 106-00', '106', '0.9999'), (9212, 'TM-3 106-15', '106.25', '0.9999'),
    (9213, 'TM-3 106-30', '106.5', '0.9999'), (9214, 'TM-3 107-00', '107', '0.9999'), (9215, 'TM-3 107-15', '107.25', '0.9999'),
    (9216, 'TM-3 107-30', '107.5', '0.9999'), (9217, 'TM-3 108-15', '108.25', '0.9999'), (9218, 'TM-3 108-30', '108.5', '0.9999'),
    (3405, 'UTM zone 48N', '105', '0.9996'), (3406, 'UTM zone 49N', '111', '0.9996')
)
insert into spatial_ref_sys (srid, srtext, proj4text)
select 900000 + code,
    'PROJCS["VN-2000 / ' || name || ', shift of Decision 05/2007",' || wkt
        || ',PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",' || meridian
        || '],PARAMETER["scale_factor",' || scale || '],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]'
        || ',AXIS["Easting",EAST],AXIS["Northing",NORTH]]',
    '+proj=tmerc +lat_0=0 +lon_0=' || meridian || ' +k=' || scale || ' +x_0=500000 +y_0=0 +ellps=WGS84 +towgs84=' || towgs84 || ' +units=m +no_defs'
from zone, geographic
union all
select 904756, wkt, '+proj=longlat +ellps=WGS84 +towgs84=' || towgs84 || ' +no_defs' from geographic
on conflict (srid) do update
    set auth_name = null, auth_srid = null, srtext = excluded.srtext, proj4text = excluded.proj4text;
