-- Numbers of the law: of a rule ($1), for a province ($2), in force on a day ($3); null for any. By rule, place and use, the latest first.
select v.rule_value_id as rule_id, v.rule, r.unit, r.name_vi, r.name_en, v.province_code, v.area_kind, v.land_use, v.value::float8 as "value!",
       lower(v.valid) as "valid_from!", upper(v.valid) as valid_until, v.source, v.added_by, v.added_at, v.ended_by, v.ended_at
from rule_value v join rule r on r.rule = v.rule
where ($1::text is null or v.rule = $1) and ($2::text is null or v.province_code = $2) and ($3::date is null or v.valid @> $3)
order by v.rule, v.province_code nulls first, v.area_kind nulls first, v.land_use nulls first, lower(v.valid) desc
