-- The current parcels of a sheet (commune $1, number $2) with their uses and holders, by number.
select p.parcel_no as "parcel_no!", (coalesce(p.legal_area_m2, p.computed_area_m2) * 10)::bigint as "area_tenths_m2!",
       array(select l.code from current_land_use l where l.parcel_id = p.parcel_id order by l.ordinal, l.code) as "land_use!",
       array(select h.name from land_right_version v join land_right r on r.right_id = v.right_id
             join party_version h on h.party_id = r.party_id and upper_inf(h.recorded)
             where v.parcel_id = p.parcel_id and upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity') order by v.right_id) as "holders!",
       array(select distinct h.kind from land_right_version v join land_right r on r.right_id = v.right_id
             join party_version h on h.party_id = r.party_id and upper_inf(h.recorded)
             where v.parcel_id = p.parcel_id and upper_inf(v.recorded) and is_in_force(v.legal, v.recorded, today(), 'infinity') order by h.kind) as "kinds!"
from current_parcel p
where p.commune_code = $1 and p.sheet_no = $2
order by p.parcel_no, p.parcel_id
