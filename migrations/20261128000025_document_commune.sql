-- Why: who signs a paper must be competent where its land lies, and a paper that is not about one parcel (a drawing, a register, a
-- dossier's receipt) did not say where that is.

alter table issued_document add column commune_code text;
