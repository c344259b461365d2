-- Why: every reader (index, tile cache, subscribers, other agencies) must learn of every committed change, whoever made it,
-- in commit order and without gaps. Statement triggers write a change row in the same transaction; at commit, under a short row
-- lock that lasts until the commit is done, the transaction takes the next register position. NOTIFY only wakes the readers.

create table register_state (
    is_only boolean primary key default true check (is_only),
    register_uuid uuid not null default gen_random_uuid(),
    position bigint not null default 0
);
insert into register_state default values;

create table change_transaction (
    txid xid8 primary key,
    position bigint unique,
    committed_at timestamptz
);

create table change (
    change_id bigint generated always as identity primary key,
    txid xid8 not null,
    relation text not null,
    operation text not null,
    parcel_ids bigint[] not null
);
create index change_txid on change (txid);

create function take_position() returns trigger language plpgsql as $$
declare next_position bigint;
begin
    update register_state set position = position + 1 returning position into next_position;
    update change_transaction set position = next_position, committed_at = clock_timestamp() where txid = new.txid;
    perform pg_notify('diaba_change', next_position::text);
    return null;
end $$;

create constraint trigger change_transaction_takes_position after insert on change_transaction
    deferrable initially deferred for each row execute function take_position();

create function record_change() returns trigger language plpgsql as $$
declare ids bigint[];
begin
    select array_agg(distinct parcel_id) into ids from touched;
    if ids is not null then
        insert into change_transaction (txid) values (pg_current_xact_id()) on conflict do nothing;
        insert into change (txid, relation, operation, parcel_ids)
            values (pg_current_xact_id(), tg_argv[0], lower(tg_op), ids);
    end if;
    return null;
end $$;

create function watch(watched regclass, relation text) returns void language plpgsql as $$
begin
    execute format('create trigger record_insert after insert on %s referencing new table as touched
                    for each statement execute function record_change(%L)', watched, relation);
    execute format('create trigger record_update after update on %s referencing new table as touched
                    for each statement execute function record_change(%L)', watched, relation);
end $$;

-- Triggers of a partitioned parent do not fire for a write to a leaf, so both carry them; a write fires exactly one set.
select watch(name::regclass, name)
from unnest(array['parcel_version', 'land_use_row', 'land_right_version', 'restriction', 'block']) as name;

-- Opens a register: its partitions, their constraints, indexes and triggers. Serial numbers of ids come from one sequence.
create function open_register(new_no smallint, new_name text, new_province_code text) returns void language plpgsql as $$
declare
    first_id bigint := new_no::bigint << 40;
    past_id bigint := (new_no::bigint + 1) << 40;
    parent text;
    leaf text;
begin
    insert into register (register_no, name, province_code) values (new_no, new_name, new_province_code);
    execute format('create sequence %I as bigint minvalue %s maxvalue %s start %2$s',
                   'register_id_' || new_no, first_id + 1, past_id - 1);
    for parent in
        select c.relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid order by c.relname
    loop
        leaf := parent || '_' || new_no;
        execute format('create table %I partition of %I for values from (%s) to (%s)', leaf, parent, first_id, past_id);
        if exists (select from pg_trigger where tgrelid = parent::regclass and tgname = 'record_insert') then
            perform watch(leaf::regclass, parent);
        end if;
        if parent like '%\_version' or parent = 'land_use_row' then
            execute format('create trigger keep_rows before truncate on %I for each statement execute function refuse_change()', leaf);
        end if;
    end loop;
    -- Exclusion constraints cannot stand on a partitioned parent in PostgreSQL 15.
    for parent, leaf in values
        ('parcel_version', 'parcel_id'), ('party_version', 'party_id'), ('certificate_version', 'certificate_id'),
        ('land_right_version', 'right_id')
    loop
        execute format('alter table %I add constraint %I exclude using gist (%I with =, legal with &&, recorded with &&)',
                       parent || '_' || new_no, parent || '_' || new_no || '_one_at_a_time', leaf);
    end loop;
end $$;

-- Figures for the planner, of one register's tables.
create function analyze_register(register_no smallint) returns void language plpgsql as $$
declare leaf text;
begin
    for leaf in
        select c.relname || '_' || register_no from pg_partitioned_table p join pg_class c on c.oid = p.partrelid order by 1
    loop
        execute format('analyze %I', leaf);
    end loop;
    analyze national_code;
end $$;
