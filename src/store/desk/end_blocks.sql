-- Ends blocks ($2) on parcels ($1) today in law. What held until today stays known.
with ended as (
    select * from unnest($1::bigint[], $2::bigint[]) as ended (parcel_id, block_id)
), closed as (
    update block v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from ended e
    where v.parcel_id = e.parcel_id and v.block_id = e.block_id and upper_inf(v.recorded) and is_not_over(v.legal, today())
    returning v.*
)
insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no, agency, reason,
                   part, part_geometry, land_operation_id)
select parcel_id, block_id, revision + 1, daterange(lower(legal), today()), stops_issuing, stops_transactions, stops_changes, letter_no,
       agency, reason, part, part_geometry, land_operation_id
from closed where lower(legal) < today()
