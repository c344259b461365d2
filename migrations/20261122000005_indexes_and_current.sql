-- Why: one definition of "current" that every query uses, and the indexes that queries by key, place and text need.

create unique index sheet_key on sheet (commune_code, commune_from, sheet_no, sheet_id);
create index parcel_version_number on parcel_version (sheet_id, parcel_no) where upper_inf(recorded);
create index parcel_version_place on parcel_version using gist (geographic) where upper_inf(recorded);
create index parcel_version_address on parcel_version using gin (address_key gin_trgm_ops) where upper_inf(recorded);
create index party_version_personal_no on party_version (personal_no) where upper_inf(recorded);
create index party_version_name on party_version (name_key) where upper_inf(recorded);
create index certificate_version_serial on certificate_version (serial_key) where upper_inf(recorded);
create index certificate_parcel_certificate on certificate_parcel (certificate_id);
create index land_right_parcel on land_right (parcel_id);
create index land_right_source on land_right (source_key);
create index lineage_parent on lineage (parent_parcel_id);

create view current_parcel as
select v.parcel_id, v.revision, s.commune_code, s.commune_from, coalesce(u.name, s.commune_code) as commune_name, s.sheet_id, s.sheet_no, s.zone,
       s.scale_denominator, v.parcel_no, v.land_use, v.address, v.address_key, v.legal_area_m2, v.computed_area_m2,
       v.legal_geometry, v.geographic, v.label_point, v.is_derived, v.content_digest, v.legal, v.recorded,
       n.code as national_code
from parcel_version v
join sheet s on s.sheet_id = v.sheet_id
left join national_code n on n.parcel_id = v.parcel_id
left join administrative_unit u on u.level = 'commune' and u.code = s.commune_code and u.valid_from = s.commune_from
where upper_inf(v.recorded) and v.legal @> today();

-- The register's uses of a parcel where it has any, else the one on the map. Main use first.
create view current_land_use as
select parcel_id, ordinal, code, area_m2, origin, term
from land_use_row where upper_inf(recorded) and legal @> today()
union all
select p.parcel_id, 1, p.land_use, null, null, null
from current_parcel p
where p.land_use is not null and not exists (
    select from land_use_row r where r.parcel_id = p.parcel_id and upper_inf(r.recorded) and r.legal @> today());
