-- Gives parcels ($1) new rights like rights of their parents ($2), under new ids ($3), from today on. They stand on no certificate
-- yet: the parent's names another parcel.
with carried as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as carried (child_id, right_id, new_id)
), identity as (
    insert into land_right (right_id, parcel_id, party_id, source_key)
    select c.new_id, c.child_id, r.party_id, convert_to('right ' || c.new_id, 'UTF8')
    from carried c join land_right r on r.right_id = c.right_id
)
insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest)
select c.child_id, c.new_id, 1, daterange(today(), null), v.kind, v.share_numerator, v.share_denominator,
       convert_to('operation', 'UTF8')
from carried c
join land_right r on r.right_id = c.right_id
join land_right_version v on v.parcel_id = r.parcel_id and v.right_id = c.right_id and upper_inf(v.recorded) and v.legal @> today()
