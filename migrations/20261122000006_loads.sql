-- Why: every record of every file is accounted for, and what waits for its other half is found when that arrives.

create table load (
    load_id bigint generated always as identity primary key,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    files jsonb not null,
    report jsonb
);

create table load_fault (
    load_id bigint not null references load,
    source text not null,
    source_row bigint,
    severity text not null check (severity in ('error', 'warning')),
    code text not null,
    detail text not null,
    zone integer,
    x double precision,
    y double precision
);
create index load_fault_load on load_fault (load_id);

-- Register rows whose parcel is not here yet. Personal data: never public.
create table waiting_row (
    commune_code text not null,
    commune_from date not null,                 -- with the code: which era's commune
    sheet_no integer not null,
    parcel_no integer not null,
    content_digest bytea not null,
    content jsonb not null,
    load_id bigint not null references load,
    source_row bigint not null,
    primary key (commune_code, commune_from, sheet_no, parcel_no, content_digest)
);
