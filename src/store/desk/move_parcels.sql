-- Moves all parcels of sheets ($1) to others ($2) from today on, each with its number or the one given for it (sheet $3, old $4,
-- new $5), for an operation ($6): what held until today stays known, what is to hold later moves too. Gives the parcels moved.
with moved as (
    select * from unnest($1::bigint[], $2::bigint[]) as moved (from_id, to_id)
), given as (
    select * from unnest($3::bigint[], $4::integer[], $5::integer[]) as given (sheet_id, old_no, new_no)
), closed as (
    update parcel_version v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from moved m
    where v.sheet_id = m.from_id and upper_inf(v.recorded) and is_not_over(v.legal, today())
    returning v.*, m.to_id
), last as (
    select parcel_id, max(revision) as revision from parcel_version where parcel_id in (select parcel_id from closed) group by parcel_id
), written as (
    select c.parcel_id, daterange(lower(c.legal), today()) as legal, c.sheet_id, c.parcel_no, c.content_digest, c.land_operation_id, c.revision
    from closed c where lower(c.legal) < today()
    union all
    select c.parcel_id, c.legal * daterange(today(), null), c.to_id, coalesce(g.new_no, c.parcel_no),
           convert_to('operation ' || $6::bigint, 'UTF8'), $6, c.revision
    from closed c left join given g on g.sheet_id = c.sheet_id and g.old_no = c.parcel_no
), inserted as (
    insert into parcel_version (parcel_id, revision, legal, sheet_id, parcel_no, land_use, address, address_key, legal_area_m2,
                                computed_area_m2, legal_geometry, geographic, label_point, is_derived, content_digest, load_id,
                                source_row, land_operation_id)
    select w.parcel_id, last.revision + row_number() over (partition by w.parcel_id order by lower(w.legal)), w.legal, w.sheet_id,
           w.parcel_no, c.land_use, c.address, c.address_key, c.legal_area_m2, c.computed_area_m2, c.legal_geometry, c.geographic,
           c.label_point, c.is_derived, w.content_digest, c.load_id, c.source_row, w.land_operation_id
    from written w join closed c on c.parcel_id = w.parcel_id and c.revision = w.revision join last on last.parcel_id = w.parcel_id
)
select count(distinct parcel_id) as "count!" from closed
