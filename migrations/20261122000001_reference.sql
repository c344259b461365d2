-- Why: everything else refers to these. Law is data with a validity period: administrative units, land-use codes, rule values
-- and the zones of provinces each say from when until when they hold, and two rows of one code never hold on the same day.

create extension if not exists postgis;
create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- The day in Viet Nam, on which law comes into force and ends.
create function today() returns date language sql stable parallel safe
    return (now() at time zone 'Asia/Ho_Chi_Minh')::date;

-- Official codes are reused (2,180 of the 3,321 communes of 2025 carry a code that meant another place before), so the key is
-- code and validity.
create table administrative_unit (
    code text not null check (code ~ '^([0-9]{2}|[0-9]{3}|[0-9]{5})$'),
    level text not null check (level in ('province', 'district', 'commune')),
    valid daterange not null check (not isempty(valid) and not lower_inf(valid)),
    valid_from date not null generated always as (lower(valid)) stored,
    name text not null,
    parent_code text,
    outline geometry(MultiPolygon, 4326),
    constraint administrative_unit_key primary key (level, code, valid_from),
    constraint administrative_unit_one_at_a_time exclude using gist (level with =, code with =, valid with &&)
);

create table administrative_succession (
    level text not null,
    predecessor_code text not null,
    predecessor_from date not null,
    successor_code text not null,
    successor_from date not null,
    is_partial boolean not null,
    primary key (level, predecessor_code, predecessor_from, successor_code, successor_from),
    foreign key (level, predecessor_code, predecessor_from) references administrative_unit (level, code, valid_from),
    foreign key (level, successor_code, successor_from) references administrative_unit (level, code, valid_from)
);

-- One province has sheets in two or three zones; the first is the one of its own map.
create table province_zone (
    province_code text not null,
    zone integer not null,
    rank smallint not null default 1,
    valid daterange not null default daterange('1994-01-01', null),
    primary key (province_code, zone, valid)
);

create table land_use_code (
    code text not null,
    valid daterange not null check (not isempty(valid)),
    name_vi text not null,
    name_en text not null,
    group_code text,
    is_group boolean not null,
    colour text not null check (colour ~ '^#[0-9a-f]{6}$'),
    primary key (code, valid),
    constraint land_use_code_one_at_a_time exclude using gist (code with =, valid with &&)
);

-- Numbers that law or a technical norm fixes, for the country (province_code null) or one province.
create table rule_value (
    rule text not null,
    province_code text,
    valid daterange not null check (not isempty(valid)),
    value numeric not null,
    source text not null,
    constraint rule_value_one_at_a_time
        exclude using gist (rule with =, coalesce(province_code, '') with =, valid with &&)
);

insert into rule_value (rule, valid, value, source) values
    ('area-difference-factor', daterange('1994-01-01', null), 0.0004,
     'old norm: ΔP ≤ 0.0004 · M · √P, M the scale denominator, P the area in m²; used as a warning');
