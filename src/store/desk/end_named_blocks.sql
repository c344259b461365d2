-- Ends blocks by name ($1) today in law. What held until today stays known.
with closed as (
    update named_block set recorded = tstzrange(lower(recorded), closing_time(recorded))
    where block_id = any ($1) and upper_inf(recorded) and is_not_over(legal, today())
    returning *
)
insert into named_block (block_id, revision, legal, serial_key, personal_no, name, name_key, stops_issuing, stops_transactions,
                         stops_changes, letter_no, agency, reason, land_operation_id)
select block_id, revision + 1, daterange(lower(legal), today()), serial_key, personal_no, name, name_key, stops_issuing,
       stops_transactions, stops_changes, letter_no, agency, reason, land_operation_id
from closed where lower(legal) < today()
