-- What was committed after a position ($1), in commit order: at most $2 transactions, and none that begins after $3 parcels. Always
-- at least one row, for the last position and the day. Parcels are named for their land alone: who holds rights in them, and what
-- restricts or blocks them, is not everybody's, nor is the day on which it changed.
with land as not materialized (
    select txid, parcel_ids from change where relation in ('parcel_version', 'land_use_row')
), following as (
    select t.txid, t.position, t.committed_at, t.origin,
           (select coalesce(sum(cardinality(l.parcel_ids)), 0) from land l where l.txid = t.txid) as weight
    from change_transaction t where t.position > $1 order by t.position limit $2
), counted as (
    select *, sum(weight) over (order by position) - weight as weight_before from following
)
select s.position as "last_position!", today() as "day!", r.revision as "reference_revision!", f.position as "position?", f.committed_at as "committed_at?",
       coalesce(f.origin = 'outside', false) as "is_outside!",
       array(select distinct id from land l, unnest(l.parcel_ids) as id where l.txid = f.txid order by id) as "ids!"
from register_state s cross join reference_state r left join counted f on f.weight_before < $3::bigint
order by f.position
