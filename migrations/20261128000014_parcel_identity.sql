-- Why: sheets are renumbered and communes merge, but papers keep the numbers they were printed with, and people keep saying them. A
-- parcel stays the same parcel under new numbers; it has to be found by any commune, sheet and number that it ever had.

-- Which sheet took the place of which, for ever.
create table sheet_succession (
    predecessor_sheet_id bigint not null,
    successor_sheet_id bigint not null,
    happened_on date not null,
    land_operation_id bigint not null,
    primary key (predecessor_sheet_id, successor_sheet_id),
    check (successor_sheet_id > predecessor_sheet_id)   -- ids grow, so the succession has no cycle
);
create index sheet_succession_successor on sheet_succession (successor_sheet_id);
create trigger sheet_succession_is_kept before update or delete or truncate on sheet_succession
    for each statement execute function refuse_change();

-- Every commune, sheet and number that a parcel has or had, and when: in law (legal) and to the register (recorded). One parcel may
-- have had several, and one identity several parcels (a number used twice by a delivery, a commune's code used again).
create view parcel_identity as
select v.parcel_id, s.commune_code, s.commune_from, s.sheet_id, s.sheet_no, v.parcel_no, v.legal, v.recorded
from parcel_version v join sheet s on s.sheet_id = v.sheet_id where upper_inf(v.recorded)
union all
select v.parcel_id, s.commune_code, s.commune_from, s.sheet_id, s.sheet_no, v.parcel_no, v.legal, v.recorded
from parcel_version v join sheet s on s.sheet_id = v.sheet_id where not upper_inf(v.recorded);

-- Parcels that ended without a successor: the State took the land back, or water took it. Their numbers never return either.
create table parcel_end (
    parcel_id bigint primary key,
    reason text not null check (reason in ('recovery', 'erosion')),
    happened_on date not null,
    land_operation_id bigint not null
);
create trigger parcel_end_is_kept before update or delete or truncate on parcel_end
    for each statement execute function refuse_change();
