-- The certificates of all parcels that a sheet (commune $1, number $2) has or had, by day of signature, serial and parcel: each as it is
-- today, else as it was last, with who ever held by it.
select c.certificate_id as "certificate_id!", c.serial as "serial!", c.entry_no, c.issued_on, c.status as "status!", p.parcel_no as "parcel_no!",
       array(select distinct h.name from land_right r cross join lateral party_as_of(r.party_id, today(), 'infinity') h
             where r.parcel_id = p.parcel_id and r.certificate_id = cp.certificate_id order by h.name) as "holders!"
from (select distinct on (v.parcel_id) v.parcel_id, v.parcel_no
      from sheet s
      cross join lateral ( -- what is known now and what is known no longer stand in indexes of their own
          select parcel_id, parcel_no, revision from parcel_version where sheet_id = s.sheet_id and upper_inf(recorded)
          union all
          select parcel_id, parcel_no, revision from parcel_version where sheet_id = s.sheet_id and not upper_inf(recorded)
      ) v
      where s.commune_code = $1 and s.sheet_no = $2 order by v.parcel_id, v.revision desc) p
join certificate_parcel cp on cp.parcel_id = p.parcel_id
cross join lateral (
    select * from certificate_version c where c.certificate_id = cp.certificate_id and upper_inf(c.recorded)
    order by is_in_force(c.legal, c.recorded, today(), 'infinity') desc, lower(c.legal) desc limit 1
) c
order by c.issued_on nulls first, c.serial_key, p.parcel_no
