-- Why: the register itself. An identity that never changes and versions on two time axes (legal: when it holds in law;
-- recorded: when the register knew it) for parcel, party, right and certificate. What grows with land is partitioned by our own
-- stable register number, which every id carries in the bits above 2^40: partition bounds are plain id ranges, so a look-up by
-- id touches one partition, and a province can later live on its own server.

create table register (
    register_no smallint primary key check (register_no between 1 and 4095),
    name text not null,
    province_code text not null,                -- at creation; codes are reused, this number is not
    opened_at timestamptz not null default now()
);

create table survey_document (
    survey_document_id bigint primary key,
    title text not null,
    surveyor text,
    method text,
    completed_on date,
    accuracy_mm integer
) partition by range (survey_document_id);

create table sheet (
    sheet_id bigint primary key,
    commune_code text not null,
    commune_from date not null,                 -- with the code: which era's commune
    sheet_no integer not null check (sheet_no > 0),
    zone integer not null,                      -- EPSG code of the VN-2000 zone its legal coordinates are in
    scale_denominator integer check (scale_denominator > 0),
    survey_document_id bigint,
    highest_parcel_no integer not null default 0    -- ever used: retired numbers never return
) partition by range (sheet_id);

create table parcel (
    parcel_id bigint primary key,
    created_at timestamptz not null default now()
) partition by range (parcel_id);

-- Nation-wide uniqueness cannot span partitions, so the national code has a table of its own. Assigned once, kept for ever.
create table national_code (
    code text collate "C" primary key check (code ~ '^[0-9bcdefghjkmnpqrstuvwxyz]{12}$'),
    parcel_id bigint not null unique,
    origin text not null check (origin in ('given', 'computed', 'moved')),   -- moved: the wanted cell was taken
    assigned_at timestamptz not null default now()
);

create table parcel_version (
    parcel_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    sheet_id bigint not null,
    parcel_no integer not null check (parcel_no > 0),
    land_use text,                              -- main use as the map says; the register's rows are in land_use_row
    address text,
    address_key text,                           -- folded for search: lower case, no marks
    legal_area_m2 numeric(13, 1) check (legal_area_m2 >= 0),
    computed_area_m2 numeric(13, 1) not null check (computed_area_m2 >= 0),
    legal_geometry geometry not null,           -- millimetres as surveyed, SRID 900000 + zone
    geographic geometry(Polygon, 4326) not null,
    label_point geometry(Point, 4326) not null,
    is_derived boolean not null,                -- the source gave degrees; the legal coordinates were computed from them
    content_digest bytea not null,
    load_id bigint,
    source_row bigint,
    constraint parcel_version_key primary key (parcel_id, revision)
) partition by range (parcel_id);

create table land_use_row (
    parcel_id bigint not null,
    code text not null,
    revision integer not null check (revision > 0),
    ordinal smallint not null,                  -- 1 is the main use
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    area_m2 numeric(13, 1) check (area_m2 >= 0),
    origin text,
    term text,
    primary key (parcel_id, code, revision)
) partition by range (parcel_id);

create table party (
    party_id bigint primary key,
    created_at timestamptz not null default now()
) partition by range (party_id);

create table party_version (
    party_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    kind text not null check (kind in ('individual', 'couple', 'household', 'organisation', 'community')),
    name text not null,
    name_key text not null,
    personal_no text,
    birth_year smallint,
    residence text,
    primary key (party_id, revision)
) partition by range (party_id);

create table certificate (
    certificate_id bigint primary key,
    created_at timestamptz not null default now()
) partition by range (certificate_id);

create table certificate_version (
    certificate_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    serial text not null,
    serial_key text collate "C" not null,       -- upper case, no spaces
    entry_no text,
    issued_on date,
    status text not null default 'valid' check (status in ('valid', 'withdrawn', 'cancelled', 'exchanged')),
    primary key (certificate_id, revision)
) partition by range (certificate_id);

-- A certificate may cover many parcels, a parcel may have several certificates. The numbers are those printed on the paper.
create table certificate_parcel (
    parcel_id bigint not null,
    certificate_id bigint not null,
    printed_sheet_no text,
    printed_parcel_no text,
    primary key (parcel_id, certificate_id)
) partition by range (parcel_id);

-- A right belongs to one parcel and one party for ever; its versions live in the parcel's partition.
create table land_right (
    right_id bigint primary key,
    parcel_id bigint not null,
    party_id bigint not null,
    certificate_id bigint,
    source_key bytea not null                   -- parcel, party and certificate as the source names them
) partition by range (right_id);

create table land_right_version (
    parcel_id bigint not null,
    right_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    kind text not null default 'use' check (kind in ('use', 'management', 'ownership-of-assets')),
    share_numerator integer not null,
    share_denominator integer not null check (share_denominator >= share_numerator and share_numerator > 0),
    content_digest bytea not null,
    load_id bigint,
    source_row bigint,
    primary key (parcel_id, right_id, revision)
) partition by range (parcel_id);

create table restriction (
    parcel_id bigint not null,
    restriction_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    kind text not null,
    content text not null,
    document text,
    area_m2 numeric(13, 1),
    primary key (parcel_id, restriction_id, revision)
) partition by range (parcel_id);

-- An injunction stops issuing, transactions or changes: three separate flags.
create table block (
    parcel_id bigint not null,
    block_id bigint not null,
    revision integer not null check (revision > 0),
    legal daterange not null check (not isempty(legal)),
    recorded tstzrange not null default tstzrange(clock_timestamp(), null) check (not isempty(recorded)),
    stops_issuing boolean not null,
    stops_transactions boolean not null,
    stops_changes boolean not null,
    letter_no text not null,
    agency text not null,
    reason text,
    primary key (parcel_id, block_id, revision),
    check (stops_issuing or stops_transactions or stops_changes)
) partition by range (parcel_id);

-- Cadastral record file (hồ sơ địa chính): the archive.
create table record_file (
    record_file_id bigint primary key,
    code text not null,
    shelf text,
    content_sha256 bytea,
    recorded_at timestamptz not null default now()
) partition by range (record_file_id);

create table record_file_parcel (
    parcel_id bigint not null,
    record_file_id bigint not null,
    primary key (parcel_id, record_file_id)
) partition by range (parcel_id);

-- Procedure dossier (hồ sơ thủ tục): what a citizen files. Status: the ten national ones.
create table dossier (
    dossier_id bigint primary key,
    code text not null,
    procedure_code text not null,
    status smallint not null check (status between 1 and 10),
    received_at timestamptz not null,
    due_at timestamptz
) partition by range (dossier_id);

create table dossier_parcel (
    parcel_id bigint not null,
    dossier_id bigint not null,
    primary key (parcel_id, dossier_id)
) partition by range (parcel_id);

-- Parent to child, through splits, merges, re-surveys and renumberings.
create table lineage (
    child_parcel_id bigint not null,
    parent_parcel_id bigint not null,
    dossier_id bigint,
    happened_on date not null,
    area_m2 numeric(13, 1),
    primary key (child_parcel_id, parent_parcel_id),
    check (child_parcel_id > parent_parcel_id)  -- ids grow, so lineage has no cycle
) partition by range (child_parcel_id);

-- Version rows are history: a row may be closed on the recorded axis and is otherwise never changed or deleted.
create function keep_history() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and upper_inf(old.recorded) and lower(new.recorded) = lower(old.recorded)
        and not upper_inf(new.recorded)
        and to_jsonb(new) - 'recorded' = to_jsonb(old) - 'recorded' then
        return new;
    end if;
    raise exception '% of % is refused: versions are history, close the recorded period and add a version',
        lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;

do $$
declare version_table text;
begin
    foreach version_table in array array['parcel_version', 'land_use_row', 'party_version', 'certificate_version',
                                         'land_right_version', 'restriction', 'block'] loop
        execute format('create trigger %I before update or delete on %I for each row execute function keep_history()',
                       version_table || '_is_history', version_table);
    end loop;
end $$;

-- Wiping history is refused too.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of % is refused: it is append-only', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger national_code_is_kept before update or delete or truncate on national_code
    for each statement execute function refuse_change();
