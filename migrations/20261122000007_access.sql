-- Why: who may ask (tokens, clients and their agreements), and who did (the append-only ledger).

create table access_token (
    token_sha256 bytea primary key,
    name text not null,
    role text not null check (role in ('officer', 'client')),
    client_id text,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check ((role = 'client') = (client_id is not null))
);

create table agreement (
    agreement_id bigint generated always as identity primary key,
    client_id text not null,
    client_name text not null,
    audience text not null,
    services text[] not null,
    purposes text[] not null,
    fields text[] not null,
    valid daterange not null check (not isempty(valid)),
    rate_per_minute integer not null check (rate_per_minute > 0),
    constraint agreement_one_at_a_time exclude using gist (client_id with =, valid with &&)
);

create table access_ledger (
    entry_no bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor text not null,
    audience text not null,
    service text not null,
    purpose text,
    dossier text,
    request text not null,
    parcel_id bigint,
    fields text[] not null,
    register_position bigint not null,
    outcome text not null
);

create trigger access_ledger_is_append_only before update or delete or truncate on access_ledger
    for each statement execute function refuse_change();
