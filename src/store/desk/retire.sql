-- Ends parcels ($1) today in law; what lies on them is ended by its own statements, but for blocks, which act on what becomes of them. All
-- that was known of them stays known.
select count(close_parcel(id, daterange(today(), null))) as "count!" from unnest($1::bigint[]) as id
