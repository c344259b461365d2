-- Closes the current versions of rights ($1 parcel, $2 right) on the recorded axis. Where the successor holds from a later day
-- ($3), what held until then stays known: one more version, ending that day.
with successor as (
    select * from unnest($1::bigint[], $2::bigint[], $3::date[]) as successor (parcel_id, right_id, in_force_from)
), closed as (
    update land_right_version v set recorded = tstzrange(lower(v.recorded), closing_time(v.recorded))
    from successor s
    where v.parcel_id = s.parcel_id and v.right_id = s.right_id and upper_inf(v.recorded) and upper_inf(v.legal)
    returning v.*
)
insert into land_right_version (parcel_id, right_id, revision, legal, kind, share_numerator, share_denominator, content_digest,
                                load_id, source_row)
select c.parcel_id, c.right_id, c.revision + 1, daterange(lower(c.legal), s.in_force_from), c.kind, c.share_numerator,
       c.share_denominator, c.content_digest, c.load_id, c.source_row
from closed c join successor s on s.parcel_id = c.parcel_id and s.right_id = c.right_id
where lower(c.legal) < s.in_force_from
