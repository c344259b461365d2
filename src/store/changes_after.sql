-- What was committed after a position ($1), in commit order: at most $2 transactions, and none that begins after $3 parcels. Always
-- at least one row, for the last position and the day.
with following as (
    select t.txid, t.position, t.committed_at, t.origin,
           (select sum(cardinality(c.parcel_ids)) from change c where c.txid = t.txid) as weight
    from change_transaction t where t.position > $1 order by t.position limit $2
), counted as (
    select *, sum(weight) over (order by position) - weight as weight_before from following
)
select s.position as "last_position!", today() as "day!", r.revision as "reference_revision!", f.position as "position?", f.committed_at as "committed_at?",
       coalesce(f.origin = 'outside', false) as "is_outside!",
       array(select distinct id from change c, unnest(c.parcel_ids) as id where c.txid = f.txid order by id) as "ids!"
from register_state s cross join reference_state r left join counted f on f.weight_before < $3::bigint
order by f.position
