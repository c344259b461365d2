-- The certificates of all parcels that a sheet (commune $1, number $2) has or had, by day of signature, serial and parcel.
select c.certificate_id, c.serial, c.entry_no, c.issued_on, c.status, p.parcel_no,
       array(select distinct h.name from land_right r join party_version h on h.party_id = r.party_id and upper_inf(h.recorded)
             where r.parcel_id = p.parcel_id and r.certificate_id = c.certificate_id order by h.name) as "holders!"
from (select distinct on (v.parcel_id) v.parcel_id, v.parcel_no
      from parcel_version v join sheet s on s.sheet_id = v.sheet_id
      where s.commune_code = $1 and s.sheet_no = $2 order by v.parcel_id, v.revision desc) p
join certificate_parcel cp on cp.parcel_id = p.parcel_id
join certificate_version c on c.certificate_id = cp.certificate_id and upper_inf(c.recorded)
order by c.issued_on nulls first, c.serial_key, p.parcel_no
