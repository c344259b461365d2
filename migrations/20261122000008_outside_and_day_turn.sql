-- Why: a reader of the feed wants to know whether the program made a change, which has checked it, or somebody past it. And at
-- midnight in Viet Nam versions begin and end in law without any change: those of one day must be found without reading all.

alter table change_transaction
    add column origin text not null default 'unmarked' check (origin in ('application', 'outside', 'unmarked'));
-- What was committed before there were marks stays unmarked.
alter table change_transaction alter column origin set default 'outside';

-- The program says so at the start of its transactions; whoever does not is outside.
create or replace function record_change() returns trigger language plpgsql as $$
declare
    ids bigint[];
    origin text := case when current_setting('diaba.origin', true) = 'application' then 'application' else 'outside' end;
begin
    select array_agg(distinct parcel_id) into ids from touched;
    if ids is not null then
        insert into change_transaction (txid, origin) values (pg_current_xact_id(), origin) on conflict do nothing;
        insert into change (txid, relation, operation, parcel_ids)
            values (pg_current_xact_id(), tg_argv[0], lower(tg_op), ids);
    end if;
    return null;
end $$;

-- Versions that began or ended in law before they were recorded were made visible by their change. The others wait for their
-- day: few, so the indexes stay small.
create index parcel_version_begins on parcel_version (lower(legal))
    where upper_inf(recorded) and lower(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date;
create index parcel_version_ends on parcel_version (upper(legal))
    where upper_inf(recorded) and upper(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date;
create index land_use_row_begins on land_use_row (lower(legal))
    where upper_inf(recorded) and lower(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date;
create index land_use_row_ends on land_use_row (upper(legal))
    where upper_inf(recorded) and upper(legal) > (lower(recorded) at time zone 'Asia/Ho_Chi_Minh')::date;

-- A sheet's commune, number and zone are read with each of its parcels but are in no version: they never change.
create trigger sheet_keeps_its_identity before update of sheet_id, commune_code, commune_from, sheet_no, zone or delete on sheet
    for each row execute function refuse_change();
