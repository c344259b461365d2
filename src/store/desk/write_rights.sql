-- Writes versions of rights that hold from today on: $1 parcel, $2 right, $3 party, $4 certificate, $5 kind, $6 and $7 share, by an
-- operation ($8). A right that is not there yet begins with them.
with written as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::integer[], $7::integer[])
        as written (parcel_id, right_id, party_id, certificate_id, kind, share_numerator, share_denominator)
), identity as (
    insert into land_right (right_id, parcel_id, party_id, certificate_id, source_key)
    select w.right_id, w.parcel_id, w.party_id, w.certificate_id, convert_to('right ' || w.right_id, 'UTF8')
    from written w where not exists (select from land_right r where r.right_id = w.right_id)
)
insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest,
                                land_operation_id)
select w.parcel_id, w.right_id,
       coalesce((select max(v.revision) from land_right_version v where v.parcel_id = w.parcel_id and v.right_id = w.right_id), 0) + 1,
       daterange(today(), null), w.kind, w.share_numerator, w.share_denominator, convert_to('operation ' || $8::bigint, 'UTF8'), $8
from written w
