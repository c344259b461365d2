-- The rules of the law that are in force today, from the most general to the most exact: the country's before a province's, every kind of
-- area before one, every use before a group of uses before one. A rule for a group stands for each of its codes.
select r.rule, r.province_code, r.area_kind, coalesce(c.code, r.land_use) as "land_use?", r.value::float8 as "value!", r.source
from rule_value r
left join land_use_code c on c.group_code = r.land_use and c.valid @> today() and not c.is_group
where r.valid @> today()
order by r.rule, r.province_code nulls first, r.area_kind nulls first, r.land_use is not null, c.code is null, 4
