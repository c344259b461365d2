-- The current rights in parcels ($1), in the order they were registered.
select v.parcel_id, v.right_id, r.party_id, r.certificate_id, v.kind, v.share_numerator, v.share_denominator
from land_right_version v
join land_right r on r.right_id = v.right_id
where v.parcel_id = any ($1) and upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity')
order by v.parcel_id, v.right_id
