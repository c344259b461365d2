-- Closes the current versions of parcels ($1) on the recorded axis. Where the successor holds from a later day ($2), what held
-- until then stays known: one more version, ending that day.
with successor as (
    select * from unnest($1::bigint[], $2::date[]) as successor (parcel_id, in_force_from)
), closed as (
    update parcel_version v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from successor s
    where v.parcel_id = s.parcel_id and upper_inf(v.recorded) and upper_inf(v.legal)
    returning v.*
)
insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2,
                            computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id,
                            source_row)
select c.parcel_id, c.revision + 1, daterange(lower(c.legal), s.in_force_from), c.sheet_id, c.parcel_no, c.land_use, c.address,
       c.address_key, c.legal_area_m2, c.computed_area_m2, c.legal_geometry, c.geographic, c.label_point, c.is_derived,
       c.content_digest, c.load_id, c.source_row
from closed c join successor s on s.parcel_id = c.parcel_id
where lower(c.legal) < s.in_force_from
