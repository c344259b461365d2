-- The steps to all that a parcel ($1) came from (generation below zero) and from it to all that became of it, nearest first.
with recursive up (generation, parent_id, child_id, happened_on, land_operation_id, area_m2) as (
    select -1, parent_parcel_id, child_parcel_id, happened_on, land_operation_id, area_m2 from lineage where child_parcel_id = $1
    union
    select up.generation - 1, l.parent_parcel_id, l.child_parcel_id, l.happened_on, l.land_operation_id, l.area_m2
    from up join lineage l on l.child_parcel_id = up.parent_id
), down (generation, parent_id, child_id, happened_on, land_operation_id, area_m2) as (
    select 1, parent_parcel_id, child_parcel_id, happened_on, land_operation_id, area_m2 from lineage where parent_parcel_id = $1
    union
    select down.generation + 1, l.parent_parcel_id, l.child_parcel_id, l.happened_on, l.land_operation_id, l.area_m2
    from down join lineage l on l.parent_parcel_id = down.child_id
), step as (
    select * from up union all select * from down
)
select generation as "generation!", parent_id as "parent_id!", child_id as "child_id!", happened_on as "happened_on!", land_operation_id,
       (area_m2 * 10)::bigint as area_tenths_m2
from (select distinct on (parent_id, child_id) * from step order by parent_id, child_id, abs(generation)) as nearest
order by abs(generation), parent_id, child_id
