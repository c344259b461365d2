-- Current parcels whose folded address matches every pattern ($1); nearest to the whole text ($2) first.
select parcel_id as "parcel_id!", commune_code as "commune_code!", commune_name as "commune_name!", sheet_no as "sheet_no!",
       parcel_no as "parcel_no!", address
from current_parcel
where address_key like all ($1::text[])
order by address_key <-> $2, parcel_id
limit $3
