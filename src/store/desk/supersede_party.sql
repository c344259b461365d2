-- Closes the version ($2) of a party ($1) as it is now. What held until today stays known, except where the party is corrected ($3).
with closed as (
    update party_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where party_id = $1 and revision = $2 and upper_inf(recorded)
    returning *
), past as (
    insert into party_version (party_id, revision, legal, kind, name, name_key, personal_no, birth_year, residence, land_operation_id)
    select party_id, revision + 1, daterange(lower(legal), today()), kind, name, name_key, personal_no, birth_year, residence,
           land_operation_id
    from closed where lower(legal) < today() and not $3::boolean
)
select revision as "revision!", lower(legal) as "in_force_from!", lower(legal) < today() and not $3::boolean as "is_past_kept!" from closed
