-- Current parcels by sheet and parcel number, in one commune ($1) or any.
select parcel_id as "parcel_id!", commune_code as "commune_code!", commune_name as "commune_name!", sheet_no as "sheet_no!",
       parcel_no as "parcel_no!", address
from current_parcel
where sheet_no = $2 and parcel_no = $3 and ($1::text is null or commune_code = $1)
order by commune_code, parcel_id
limit $4
