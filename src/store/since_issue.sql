-- What has become of a certificate ($1) since its issue, and of its prints by a template ($2). A right stands as it was issued where the
-- operation that made the certificate registered it, or, for a certificate that was loaded, no operation did.
select exists (select from certificate_note where certificate_id = $1) as "is_noted!",
       exists (select from land_right r where r.certificate_id = $1 and not exists (
                   select from land_right_version v
                   where v.parcel_id = r.parcel_id and v.right_id = r.right_id and is_in_force(v.legal, v.recorded, today(), 'infinity')
                     and v.land_operation_id is not distinct from (
                         select c.land_operation_id from certificate_version c where c.certificate_id = $1 order by c.revision limit 1)))
           as "is_held_otherwise!",
       coalesce((select not bool_or(coalesce(paper_is_current(d.code), false)) from issued_document d
                 where d.certificate_id = $1 and d.kind = $2), false) as "is_printed_otherwise!"
