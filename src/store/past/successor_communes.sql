-- The communes that took over from a commune's code ($1), of the era of a day ($2; null for every era): nearest first, over all mergers since.
with recursive taken (code, since, is_partial, generation) as (
    select s.successor_code, s.successor_from, s.is_partial, 1
    from administrative_succession s
    join administrative_unit u on u.level = s.level and u.code = s.predecessor_code and u.valid_from = s.predecessor_from
    where s.level = 'commune' and s.predecessor_code = $1 and ($2::date is null or u.valid @> $2)
    union
    select s.successor_code, s.successor_from, taken.is_partial or s.is_partial, taken.generation + 1
    from taken join administrative_succession s
        on s.level = 'commune' and s.predecessor_code = taken.code and s.predecessor_from = taken.since
)
select t.code as "code!", t.since as "since!", u.name, t.is_partial as "is_partial!"
from taken t join administrative_unit u on u.level = 'commune' and u.code = t.code and u.valid_from = t.since
order by t.generation, t.code
