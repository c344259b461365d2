-- Ends rights ($1 parcel, $2 right) today in law. What held until today stays known.
with ended as (
    select * from unnest($1::bigint[], $2::bigint[]) as ended (parcel_id, right_id)
), closed as (
    update land_right_version v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from ended e
    where v.parcel_id = e.parcel_id and v.right_id = e.right_id and upper_inf(v.recorded) and is_not_over(v.legal, today())
    returning v.*
)
insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest,
                                load_id, source_row, land_operation_id)
select c.parcel_id, c.right_id,
       (select max(v.revision) + 1 from land_right_version v where v.parcel_id = c.parcel_id and v.right_id = c.right_id),
       daterange(lower(c.legal), today()), c.kind, c.share_numerator, c.share_denominator, c.content_digest, c.load_id, c.source_row,
       c.land_operation_id
from closed c where lower(c.legal) < today()
