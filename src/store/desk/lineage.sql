-- All that a parcel ($1) came from ('ancestor') and all that became of it ('descendant'), nearest first.
with recursive up (parcel_id, child_id, generation) as (
    select parent_parcel_id, child_parcel_id, 1 from lineage where child_parcel_id = $1
    union
    select l.parent_parcel_id, l.child_parcel_id, up.generation + 1 from up join lineage l on l.child_parcel_id = up.parcel_id
), down (parcel_id, parent_id, generation) as (
    select child_parcel_id, parent_parcel_id, 1 from lineage where parent_parcel_id = $1
    union
    select l.child_parcel_id, l.parent_parcel_id, down.generation + 1 from down join lineage l on l.parent_parcel_id = down.parcel_id
), link as (
    select -min(generation) as generation, child_id, parcel_id as parent_id from up group by child_id, parcel_id
    union all
    select min(generation), parcel_id, parent_id from down group by parcel_id, parent_id
)
select link.generation as "generation!", link.parent_id as "parent_id!", link.child_id as "child_id!", l.happened_on,
       l.land_operation_id, (l.area_m2 * 10)::bigint as area_tenths_m2
from link join lineage l on l.child_parcel_id = link.child_id and l.parent_parcel_id = link.parent_id
order by abs(link.generation), link.parent_id, link.child_id
