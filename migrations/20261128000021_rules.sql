-- Why: what a province decides (the least size of a new parcel, its front and depth, by use and kind of area) is data that officers keep:
-- each number says where, for what, from when until when it holds, and by which decision. What held is never written over: a rule
-- begins, and ends on a day to come; the rows of the past stay.

alter table rule_value
    add column rule_value_id bigint generated always as identity primary key,
    add column area_kind text check (area_kind in ('ward', 'plain', 'mountain')),
    add column land_use text,                   -- a code, or the code of a group; null for every use
    add column added_by text,
    add column added_at timestamptz not null default now(),
    add column ended_by text,
    add column ended_at timestamptz,
    add check (value >= 0);

alter table rule_value drop constraint rule_value_one_at_a_time;
alter table rule_value add constraint rule_value_one_at_a_time exclude using gist (
    rule with =, coalesce(province_code, '') with =, coalesce(area_kind, '') with =, coalesce(land_use, '') with =, valid with &&);

-- The rules that the program judges by; a number under another name would judge nothing.
create table rule (
    rule text primary key check (rule ~ '^[a-z0-9-]+$'),
    unit text not null,
    by_place boolean not null,                  -- whether a province, a kind of area and a use may be named
    name_vi text not null,
    name_en text not null
);
insert into rule values
    ('area-difference-factor', '1', false, 'Hệ số sai số diện tích (ΔP ≤ hệ số · M · √P)', 'factor of the tolerance of areas (ΔP ≤ factor · M · √P)'),
    ('minimum-parcel-area-m2', 'm²', true, 'Diện tích tối thiểu của thửa đất sau khi tách', 'least area of a parcel after a split'),
    ('minimum-front-m', 'm', true, 'Chiều rộng mặt tiền tối thiểu của thửa đất sau khi tách', 'least front of a parcel after a split'),
    ('minimum-depth-m', 'm', true, 'Chiều sâu tối thiểu của thửa đất sau khi tách', 'least depth of a parcel after a split');
-- Uses were part of the name.
insert into rule select distinct split_part(rule, '/', 1), '1', true, split_part(rule, '/', 1), split_part(rule, '/', 1) from rule_value on conflict do nothing;
update rule_value set land_use = split_part(rule, '/', 2), rule = split_part(rule, '/', 1) where rule like '%/%';
alter table rule_value add foreign key (rule) references rule;

-- Whoever writes the use behind the name, as it was before, writes it into its column.
create function split_rule() returns trigger language plpgsql as $$
begin
    if new.rule like '%/%' then
        new.land_use := coalesce(new.land_use, split_part(new.rule, '/', 2));
        new.rule := split_part(new.rule, '/', 1);
    end if;
    return new;
end $$;
create trigger rule_value_has_its_use_apart before insert on rule_value for each row execute function split_rule();

create function keep_rules() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and upper_inf(old.valid) and not upper_inf(new.valid) and lower(new.valid) = lower(old.valid)
        and upper(new.valid) >= today()
        and to_jsonb(new) - array['valid', 'ended_by', 'ended_at'] = to_jsonb(old) - array['valid', 'ended_by', 'ended_at'] then
        return new;
    end if;
    raise exception '% of rule_value is refused: end a rule on a day to come and add another', lower(tg_op) using errcode = 'restrict_violation';
end $$;
create trigger rule_value_is_history before update or delete on rule_value for each row execute function keep_rules();
create trigger rule_value_is_kept before truncate on rule_value for each statement execute function refuse_change();

-- Of what kind a commune is, where its name does not say it: wards are, the others are plain unless they stand here.
create table commune_area_kind (
    commune_code text not null,
    valid daterange not null check (not isempty(valid)),
    area_kind text not null check (area_kind in ('ward', 'plain', 'mountain')),
    source text not null,
    constraint commune_area_kind_one_at_a_time exclude using gist (commune_code with =, valid with &&)
);

create function area_kind_of(of_commune text, commune_name text, on_day date) returns text language sql stable parallel safe
    return coalesce((select k.area_kind from commune_area_kind k where k.commune_code = of_commune and k.valid @> on_day),
                    case when commune_name ~* '^(phường|thị trấn)\M' then 'ward' else 'plain' end);
