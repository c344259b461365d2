//! What goes to the tax office and comes back.

use super::write::tell;
use super::{HeldDossier, Store, StoreError};
use serde_json::{Value, json};
use time::{Date, OffsetDateTime};

/// A slip as it was sent, with what became of it.
#[derive(Debug, Clone)]
pub struct SlipRow {
    /// Its number within the dossier.
    pub slip_no: i32,
    /// What it says.
    pub content: Value,
    /// By whom.
    pub sent_by: String,
    /// When.
    pub sent_at: OffsetDateTime,
    /// `sent`, `acknowledged`, `corrected` or `cancelled`.
    pub state: String,
    /// The tax office's reference, or the reason of a correction or cancelling.
    pub detail: Option<String>,
}

/// A notice of the tax office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number, the tax office's.
    pub notice_no: String,
    /// For what.
    pub kind: String,
    /// How much.
    pub amount_vnd: i64,
    /// When it was issued.
    pub issued_on: Date,
    /// The last day to pay.
    pub pay_until: Option<Date>,
}

/// A notice, with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// As it came.
    pub notice: Notice,
    /// What is paid on it.
    pub paid_vnd: i64,
    /// Whether its slip was cancelled since: then nobody has to pay it.
    pub is_cancelled: bool,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its number, the bank's or treasury's.
    pub payment_no: String,
    /// On which notice.
    pub notice_no: String,
    /// How much.
    pub amount_vnd: i64,
    /// When.
    pub paid_on: Date,
}

/// What came in under a number before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    New,
    /// The same.
    Same,
    /// Something else.
    Other,
}

impl Store {
    /// The slips of a dossier, in order.
    pub async fn slips(&self, dossier_id: i64) -> Result<Vec<SlipRow>, StoreError> {
        let slips = sqlx::query_file_as!(SlipRow, "src/store/dossier/slips.sql", dossier_id);
        Ok(slips.fetch_all(&self.pool).await?)
    }

    /// The notices of a dossier.
    pub async fn notices(&self, dossier_id: i64) -> Result<Vec<NoticeRow>, StoreError> {
        let rows = sqlx::query!(
            r#"select notice_no as "notice_no!", kind as "kind!", amount_vnd as "amount_vnd!", issued_on as "issued_on!", pay_until,
                      paid_vnd as "paid_vnd!", is_cancelled as "is_cancelled!"
               from tax_notice_standing where dossier_id = $1 order by issued_on, notice_no"#,
            dossier_id
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let notice = rows.into_iter().map(|row| NoticeRow {
            notice: Notice {
                notice_no: row.notice_no,
                kind: row.kind,
                amount_vnd: row.amount_vnd,
                issued_on: row.issued_on,
                pay_until: row.pay_until,
            },
            paid_vnd: row.paid_vnd,
            is_cancelled: row.is_cancelled,
        });
        Ok(notice.collect())
    }
}

impl HeldDossier {
    /// The last slip of the dossier.
    pub async fn last_slip(&mut self) -> Result<Option<SlipRow>, StoreError> {
        let id = self.standing.dossier.dossier_id;
        let slips = sqlx::query_file_as!(SlipRow, "src/store/dossier/slips.sql", id);
        Ok(slips.fetch_all(&mut *self.transaction).await?.pop())
    }

    /// Sends a slip: it is told with the dossier's version.
    pub async fn send_slip(
        &mut self,
        (slip_no, version): (i32, i32),
        content: &Value,
        actor: &str,
    ) -> Result<(), StoreError> {
        let id = self.standing.dossier.dossier_id;
        sqlx::query!(
            "insert into tax_slip (dossier_id, slip_no, content, sent_by) values ($1, $2, $3, $4)",
            id,
            slip_no,
            content,
            actor
        )
        .execute(&mut *self.transaction)
        .await?;
        self.slip_event((slip_no, version), "sent", actor, None)
            .await?;
        let told = json!({ "slip_no": slip_no, "slip": content });
        tell(&mut self.transaction, (id, version), "tax-slip", &told).await
    }

    /// What becomes of a slip; what the tax office has to know of is told with the dossier's version.
    pub async fn slip_event(
        &mut self,
        (slip_no, version): (i32, i32),
        event: &str,
        actor: &str,
        detail: Option<&str>,
    ) -> Result<(), StoreError> {
        let id = self.standing.dossier.dossier_id;
        sqlx::query!(
            "insert into tax_slip_event (dossier_id, slip_no, event, actor, detail) values ($1, $2, $3, $4, $5)",
            id, slip_no, event, actor, detail
        )
        .execute(&mut *self.transaction)
        .await?;
        if event == "cancelled" {
            let told = json!({ "slip_no": slip_no, "reason": detail });
            tell(
                &mut self.transaction,
                (id, version),
                "tax-slip-cancelled",
                &told,
            )
            .await?;
        }
        Ok(())
    }

    /// Takes a notice in, unless it is there.
    pub async fn take_notice(&mut self, notice: &Notice, actor: &str) -> Result<Known, StoreError> {
        let id = self.standing.dossier.dossier_id;
        let inserted = sqlx::query!(
            "insert into tax_notice (notice_no, dossier_id, kind, amount_vnd, issued_on, pay_until, received_by)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
            notice.notice_no, id, notice.kind, notice.amount_vnd, notice.issued_on, notice.pay_until, actor
        );
        if inserted
            .execute(&mut *self.transaction)
            .await?
            .rows_affected()
            > 0
        {
            return Ok(Known::New);
        }
        let is_same = sqlx::query_scalar!(
            r#"select exists (select from tax_notice where notice_no = $1 and dossier_id = $2 and kind = $3 and amount_vnd = $4
                              and issued_on = $5 and pay_until is not distinct from $6) as "is_same!""#,
            notice.notice_no,
            id,
            notice.kind,
            notice.amount_vnd,
            notice.issued_on,
            notice.pay_until
        );
        let is_same = is_same.fetch_one(&mut *self.transaction).await?;
        Ok(if is_same { Known::Same } else { Known::Other })
    }

    /// Takes a payment in, unless it is there; nothing where the dossier has no such notice.
    pub async fn take_payment(
        &mut self,
        payment: &Payment,
        actor: &str,
    ) -> Result<Option<Known>, StoreError> {
        let id = self.standing.dossier.dossier_id;
        let is_there = sqlx::query_scalar!(
            r#"select exists (select from tax_notice where notice_no = $1 and dossier_id = $2) as "is_there!""#,
            payment.notice_no,
            id
        );
        if !is_there.fetch_one(&mut *self.transaction).await? {
            return Ok(None);
        }
        let inserted = sqlx::query!(
            "insert into tax_payment (payment_no, notice_no, amount_vnd, paid_on, received_by) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            payment.payment_no, payment.notice_no, payment.amount_vnd, payment.paid_on, actor
        );
        if inserted
            .execute(&mut *self.transaction)
            .await?
            .rows_affected()
            > 0
        {
            return Ok(Some(Known::New));
        }
        let is_same = sqlx::query_scalar!(
            r#"select exists (select from tax_payment where payment_no = $1 and notice_no = $2 and amount_vnd = $3 and paid_on = $4)
                   as "is_same!""#,
            payment.payment_no,
            payment.notice_no,
            payment.amount_vnd,
            payment.paid_on
        );
        let is_same = is_same.fetch_one(&mut *self.transaction).await?;
        Ok(Some(if is_same { Known::Same } else { Known::Other }))
    }

    /// Whether every notice that has to be paid is paid in full.
    pub async fn is_paid(&mut self) -> Result<bool, StoreError> {
        let is_paid = sqlx::query_scalar!(
            r#"select not exists (select from tax_notice_standing where dossier_id = $1 and not is_cancelled and amount_vnd > paid_vnd)
                   as "is_paid!""#,
            self.standing.dossier.dossier_id
        );
        Ok(is_paid.fetch_one(&mut *self.transaction).await?)
    }
}
