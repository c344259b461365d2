-- The current parcels of a sheet (commune $1, number $2) with their uses and holders, by number.
select p.parcel_no as "parcel_no!", (coalesce(p.legal_area_m2, p.computed_area_m2) * 10)::bigint as "area_tenths_m2!",
       array(select l.code from current_land_use l where l.parcel_id = p.parcel_id order by l.ordinal, l.code) as "land_use!",
       coalesce(held.names, '{}') as "holders!", coalesce(held.kinds, '{}') as "kinds!"
from current_parcel p
left join lateral (
    select array_agg(h.name order by v.right_id) as names, array_agg(distinct h.kind order by h.kind) as kinds
    from land_right_version v
    join land_right r on r.right_id = v.right_id
    cross join lateral party_as_of(r.party_id, today(), 'infinity') h
    where v.parcel_id = p.parcel_id and is_in_force(v.legal, v.recorded, today(), 'infinity')
) held on true
where p.commune_code = $1 and p.sheet_no = $2
order by p.parcel_no, p.parcel_id
