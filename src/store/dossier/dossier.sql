-- A dossier by its code ($1), with its parcels, and with the communes that took over where its own is not there any more.
select d.*, array(select parcel_id from dossier_parcel p where p.dossier_id = d.dossier_id order by 1) as "parcels!",
       array(select t.code from communes_of_today(d.commune_code, since) t order by t.code) as "became!",
       array(select coalesce(t.province_code, '') from communes_of_today(d.commune_code, since) t order by t.code) as "provinces!"
from dossier d, lateral (select (coalesce(d.received_at, d.filed_at) at time zone 'Asia/Ho_Chi_Minh')::date as since) of_day
where d.code = $1
