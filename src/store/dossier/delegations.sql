-- Absences that were not ended: to an officer by who it is ($1; null for all), only those of now whose principal is still in office ($2),
-- else also those to come. Who has a token issued here is in office while one is alive and says so; of others their login says it.
select d.delegation_id, d.principal, d.delegate, lower(d.valid) as "from!", upper(d.valid) as "until!", d.areas, d.reason
from delegation d
where d.ended_at is null and clock_timestamp() < upper(d.valid) and ($1::text is null or officer_identity(d.delegate) = $1)
  and (not $2::boolean
       or d.valid @> clock_timestamp()
          and (not exists (select from access_token t where t.name = d.principal and t.role = 'officer')
               or exists (select from access_token t where t.name = d.principal and 'approver' = any (t.roles)
                          and t.revoked_at is null and t.expires_at > clock_timestamp())))
order by d.delegation_id
