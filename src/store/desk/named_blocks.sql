-- The blocks in force on certificates ($1 serial key) and on persons ($2 number, $3 folded name), and some by id ($4).
select block_id, serial_key, personal_no, name, name_key, stops_issuing, stops_transactions, stops_changes, letter_no, agency
from named_block
where upper_inf(recorded) and is_in_force(legal, recorded, today(), 'infinity')
  and (serial_key = any ($1) or personal_no = any ($2) or name_key = any ($3) or block_id = any ($4))
order by block_id
