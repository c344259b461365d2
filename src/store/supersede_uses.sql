-- Writes uses of parcels ($1 parcel, $2 code, $3 area in tenths of m², $4 origin, $5 term) that hold from a day on ($6). What the
-- register has so already stays as it is; of what it has otherwise, what held until that day stays known. New uses follow the
-- known ones in order.
with delivered as (
    select parcel_id, code, (area_tenths_m2 / 10.0)::numeric(13, 1) as area_m2, origin, term, place
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[])
        with ordinality as row (parcel_id, code, area_tenths_m2, origin, term, place)
), current as (
    select u.* from land_use_row u
    where u.parcel_id = any ($1) and upper_inf(u.recorded) and upper_inf(u.legal)
), closed as (
    update land_use_row u set recorded = tstzrange(lower(u.recorded), closing_time(u.recorded))
    from delivered d
    where u.parcel_id = d.parcel_id and u.code = d.code and upper_inf(u.recorded) and upper_inf(u.legal)
        and (u.area_m2, u.origin, u.term) is distinct from (d.area_m2, d.origin, d.term)
    returning u.*
), until_then as (
    insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term)
    select parcel_id, code, revision + 1, ordinal, daterange(lower(legal), $6), area_m2, origin, term
    from closed where lower(legal) < $6::date
)
insert into land_use_row (parcel_id, code, revision, ordinal, legal, area_m2, origin, term)
select d.parcel_id, d.code,
       coalesce((select max(revision) from land_use_row u where u.parcel_id = d.parcel_id and u.code = d.code), 0)
           + case when lower(c.legal) < $6::date then 2 else 1 end,
       coalesce(c.ordinal, coalesce((select max(ordinal) from current u where u.parcel_id = d.parcel_id), 0)
           + row_number() over (partition by d.parcel_id, c.ordinal is null order by d.place))::smallint,
       daterange(greatest($6::date, lower(c.legal)), null), d.area_m2, d.origin, d.term
from delivered d
left join current c on c.parcel_id = d.parcel_id and c.code = d.code
where c.parcel_id is null or (c.area_m2, c.origin, c.term) is distinct from (d.area_m2, d.origin, d.term)
