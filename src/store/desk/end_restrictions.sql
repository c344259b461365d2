-- Ends restrictions ($2) on parcels ($1) today in law. What held until today stays known.
with ended as (
    select * from unnest($1::bigint[], $2::bigint[]) as ended (parcel_id, restriction_id)
), closed as (
    update restriction v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from ended e
    where v.parcel_id = e.parcel_id and v.restriction_id = e.restriction_id and upper_inf(v.recorded)
        and is_not_over(v.legal, today())
    returning v.*
)
insert into restriction (parcel_id, restriction_id, revision, legal, kind, content, document, area_m2, part, part_geometry,
                         land_operation_id)
select parcel_id, restriction_id, revision + 1, daterange(lower(legal), today()), kind, content, document, area_m2, part, part_geometry,
       land_operation_id
from closed where lower(legal) < today()
