-- Parcels of which a version or a use begins or ends in law after a day ($1) and until another ($2), by id. The conditions are
-- those of the partial indexes.
select parcel_id as "parcel_id!" from parcel_version
where upper_inf(recorded) and lower(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date
    and lower(legal) > $1 and lower(legal) <= $2
union
select parcel_id from parcel_version
where upper_inf(recorded) and upper(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date
    and upper(legal) > $1 and upper(legal) <= $2
union
select parcel_id from land_use_row
where upper_inf(recorded) and lower(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date
    and lower(legal) > $1 and lower(legal) <= $2
union
select parcel_id from land_use_row
where upper_inf(recorded) and upper(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date
    and upper(legal) > $1 and upper(legal) <= $2
order by 1
